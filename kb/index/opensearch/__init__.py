"""The engine on a cluster of OpenSearch: the only door to it.

One generation is one index, under a number that no other has; an alias names the one that answers.
It holds sections, articles, and what the words of all of them add up to, so that one generation is
there or is not. Terms are analysed here and sent ready-made; the cluster adds up scores by the very
steps of `kb.search.ranking`, and hands out the best with the parts that they are made of, from
which `kb.search.scoring` computes them to the last digit.
"""
