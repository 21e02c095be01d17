"""The index: what is stored of articles, its generations, and the engines that keep it."""
