"""Meaning beside words: vectors of sections and queries by a sentence encoder, without network."""
