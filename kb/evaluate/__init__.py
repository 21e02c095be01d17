"""Judged queries -> metrics: how good the ranking is, by figures anyone can check.

    folder or articles --judgments--> JudgedSet(JudgedQuery(Label...)...)
    JudgedSet + Searcher --evaluation--> the ranking of each query, and how long it took
    rankings + labels --measures--> nDCG@10, MRR@10, Recall@10, Success@1
    all of it --> Evaluation, which is what prints, compares and is saved

`comparison` saves evaluations and holds two against each other; `trec` writes run files, `report`
one HTML page. `measures` is the only door to ir-measures, which the extra `eval` brings: it is
imported when something is measured.
"""
