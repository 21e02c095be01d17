"""What tests share: builders of articles, bases and sites; processes; corpora and cases; faults.

articles, sites, states, judged, postings  things to test with
processes, nursery, work                   kb in processes of its own
cases, exports                             judged sets and hostile cases of others
attacks, disks, faults                     what goes wrong, or is made to
"""
