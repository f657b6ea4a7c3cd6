"""The product as a server of the Model Context Protocol (MCP)."""
