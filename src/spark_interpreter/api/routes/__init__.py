"""The routes, one module for each family."""

from spark_interpreter.api.routes import (
    events,
    operations,
    results,
    sessions,
    shared,
    sources,
    turns,
)

__all__ = ["events", "operations", "results", "sessions", "shared", "sources", "turns"]
