"""The product as a tool of agents and as an agent itself."""
