"""Open questions that take several steps: an agent asks, every step is a turn of the workflow."""

from spark_interpreter.supervisor.investigation.agent import Investigation, require_model
from spark_interpreter.supervisor.investigation.carrying import InvestigationTurn

__all__ = ["Investigation", "InvestigationTurn", "require_model"]
