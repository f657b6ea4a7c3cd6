"""A question, a model behind a real socket, and everything between."""
