"""Search for sites that other generators make."""
