"""What an investigation of several questions came to."""

from typing import Any, Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.draft import Usage


class InvestigationSettings(Model):
    """What an investigation may use.

    Attributes:
        steps: questions it may ask of the data.
        seconds: wall time, all questions together.
        tokens: tokens, sent and received, of the agent that asks.
        dollars: what agent, models and runs may cost together, where prices are known; 0 sets no
            limit.
    """

    steps: int = Field(default=12, ge=1, le=100)
    seconds: float = Field(default=600, gt=0)
    tokens: int = Field(default=300_000, ge=1)
    dollars: float = Field(default=0, ge=0)


class ReportNumber(Model):
    """A number of the report; `turn` computed it, None where none did."""

    text: str
    turn: int | None = None


class ReportStep(Model):
    """A question that was asked on the way, which is a turn of the session."""

    turn: int
    question: str
    status: str
    reading: str = ""
    row_count: int | None = None


class Report(Model):
    """The answer to an open question.

    Attributes:
        text: Markdown; `[3]` behind a number names the turn that computed it.
        numbers: every number of the text, with its turn.
        steps: what was asked on the way.
        charts: turns whose charts belong to the text.
        ended: "finished", or which limit ended it: "steps", "time", "budget", "cancelled".
        usage: of the agent that asked; each turn has its own.
        cost: US dollars of the agent, the models and the runs of all turns, as far as known.
    """

    session_id: str
    question: str
    text: str
    numbers: tuple[ReportNumber, ...] = ()
    steps: tuple[ReportStep, ...] = ()
    charts: tuple[int, ...] = ()
    ended: Literal["finished", "steps", "time", "budget", "cancelled"] = "finished"
    usage: Usage | None = None
    cost: float = 0

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Numbers of the text that no turn computed."""
        return tuple(dict.fromkeys(n.text for n in self.numbers if n.turn is None))

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return self.model_dump(mode="json") | {"unsupported": list(self.unsupported)}
