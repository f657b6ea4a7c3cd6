"""Tables and views of Snowflake."""

from spark_interpreter.sources.snowflake.reader import SnowflakeReader

__all__ = ["SnowflakeReader"]
