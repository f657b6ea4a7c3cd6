"""The routes, one module for each family."""

from spark_interpreter.api.routes import (
    catalogs,
    connections,
    events,
    operations,
    platforms,
    results,
    sessions,
    shared,
    sources,
    turns,
)

__all__ = [
    "catalogs",
    "connections",
    "events",
    "operations",
    "platforms",
    "results",
    "sessions",
    "shared",
    "sources",
    "turns",
]
