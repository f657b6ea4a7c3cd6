"""Tables and views of PostgreSQL."""

from spark_interpreter.sources.postgres.reader import PostgresReader

__all__ = ["PostgresReader"]
