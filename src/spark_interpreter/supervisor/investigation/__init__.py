"""Open questions that take several steps: an agent asks, every step is a turn of the workflow."""

from spark_interpreter.supervisor.investigation.agent import Investigation

__all__ = ["Investigation"]
