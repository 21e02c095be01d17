"""Markdown to sections and HTML: the only door to markdown-it-py."""
