"""A query's way to ranked sections, above any storage."""
