"""The same answers for programs and assistants: as JSON with its schemas, and by MCP."""
