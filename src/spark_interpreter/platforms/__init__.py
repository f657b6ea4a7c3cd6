"""The places where scripts run."""

from spark_interpreter.platforms.configured import configured

__all__ = ["configured"]
