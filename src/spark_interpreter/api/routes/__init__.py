"""The routes, one module for each family."""

from spark_interpreter.api.routes import (
    connections,
    events,
    operations,
    results,
    sessions,
    shared,
    sources,
    turns,
)

__all__ = [
    "connections",
    "events",
    "operations",
    "results",
    "sessions",
    "shared",
    "sources",
    "turns",
]
