"""What the search in the browser reads, made from an index."""
