"""The preview of a site while it is written."""
