"""Words of people: analysis, stems, near names, snippets."""
