"""What the tools take and give; their JSON schemas are what a client's model reads."""

from typing import Annotated, Any, Self

from pydantic import Field

from spark_interpreter.errors import UsageError
from spark_interpreter.model import (
    FINAL_STATES,
    AnswerStatus,
    CatalogEntry,
    DataIssue,
    ErrorInfo,
    Finding,
    Model,
    PlatformName,
    ResultColumn,
    Turn,
    TurnState,
)
from spark_interpreter.supervisor import document
from spark_interpreter.supervisor.carry import MAX_QUESTION, MAX_SCRIPT

MAX_WAIT = 50.0
"""Seconds; clients give up on a call after about a minute."""

Word = Annotated[str, Field(min_length=1, max_length=4096)]
SessionName = Annotated[str, Field(min_length=1, max_length=200)]
TurnId = Annotated[
    str, Field(min_length=3, max_length=220, description="The turn_id that `ask` gave.")
]
Sources = Annotated[
    tuple[Word, ...],
    Field(
        max_length=50,
        description="Data to ask of: paths, patterns, s3:// URIs, and tables as list_sources names "
        "them. Those of the conversation's last question if left out.",
    ),
]
SessionWish = Annotated[
    SessionName | None,
    Field(description="A conversation to go on with; this client's current one if left out."),
]
NewSession = Annotated[
    bool, Field(description="Begin a conversation: nothing said before is referred to.")
]
Place = Annotated[
    PlatformName | None, Field(description="Where to run; left out, the cheapest that fits.")
]


class Ask(Model):
    """A question in plain language."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    sources: Sources = ()
    session_id: SessionWish = None
    new_session: NewSession = False
    platform: Place = None
    script_only: bool = Field(
        default=False, description="Write and check the script, but do not run it."
    )


class RunScript(Model):
    """A PySpark program that leaves a DataFrame called `result`."""

    script: str = Field(min_length=1, max_length=MAX_SCRIPT)
    sources: Sources = ()
    session_id: SessionWish = None
    new_session: NewSession = False
    platform: Place = None


class Validate(Model):
    """A PySpark program that leaves a DataFrame called `result`."""

    script: str = Field(min_length=1, max_length=MAX_SCRIPT)
    sources: Sources = ()


class Wait(Model):
    """A turn, and how long to wait for its end."""

    turn_id: TurnId
    seconds: float = Field(default=30, ge=0, le=MAX_WAIT)
    rows: int = Field(default=20, ge=0, le=100, description="Rows of the result to give.")


class OfTurn(Model):
    """A turn."""

    turn_id: TurnId


class ReadResult(Model):
    """A turn, and which of its rows."""

    turn_id: TurnId
    offset: int = Field(default=0, ge=0, le=2**53)
    rows: int = Field(default=20, ge=0, le=1000)


class ListSources(Model):
    """Where to look."""

    place: str = Field(
        default="",
        max_length=1000,
        description="A folder, or a catalog, database or schema as this tool names it; empty for "
        "all files that may be read and the places where tables are.",
    )
    search: str = Field(default="", max_length=200, description="Words of the name or comment.")
    limit: int = Field(default=100, ge=1, le=1000)


class ProfileSource(Model):
    """A source."""

    source: Word = Field(description="A path, an s3:// URI, or a table as list_sources names it.")


class Standing(Model):
    """How far a turn is.

    Attributes:
        finished: `result` has what came of it.
        position: its place among those that wait, from 1.
        doing: its last step in words.
    """

    turn_id: str
    session_id: str
    state: TurnState
    finished: bool
    position: int | None = None
    doing: str = ""

    @classmethod
    def of(cls, turn: Turn, position: int | None = None, doing: str = "") -> Self:
        return cls(
            turn_id=turn_id(turn),
            session_id=turn.session_id,
            state=turn.state,
            finished=turn.state in FINAL_STATES,
            position=position,
            doing=doing,
        )


class Outcome(Model):
    """What came of a turn.

    Attributes:
        status: "answered", or why not; "needs_input" comes with a message and suggestions.
        reading: how the question was understood; compare it with what was meant.
        rows: rows `offset` and following; `row_count` counts all, `truncated` says that some are
            not among these.
    """

    turn_id: str
    session_id: str
    status: AnswerStatus
    question: str
    reading: str
    message: str
    assumptions: tuple[str, ...]
    suggestions: tuple[str, ...]
    summary: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    offset: int
    row_count: int | None
    truncated: bool
    has_chart: bool
    script: str
    findings: tuple[Finding, ...]
    data_issues: tuple[DataIssue, ...]
    platform: str | None
    error: ErrorInfo | None

    @classmethod
    def of(cls, turn: Turn, rows: tuple[tuple[Any, ...], ...], offset: int = 0) -> Self:
        answer = document(turn)
        shared = cls.model_fields.keys() & type(answer).model_fields.keys()
        values = {name: getattr(answer, name) for name in shared}
        count = answer.row_count or 0
        return cls(
            **values
            | {
                "turn_id": turn_id(turn),
                "rows": rows,
                "offset": offset,
                "truncated": offset > 0 or offset + len(rows) < count,
                "has_chart": answer.chart is not None,
            }
        )


class Waited(Standing):
    """How far a turn is, with what came of it if it has ended."""

    result: Outcome | None = None


class Checked(Model):
    """What validation says of a script; nothing was run."""

    ok: bool
    findings: tuple[Finding, ...]
    columns: tuple[ResultColumn, ...]


class FoundFile(Model):
    """A file of data; `source` is what to ask of."""

    source: str
    bytes: int


class Found(Model):
    """What there is; `truncated` says that there is more than is listed."""

    files: tuple[FoundFile, ...] = ()
    entries: tuple[CatalogEntry, ...] = ()
    truncated: bool = False


class Drawn(Model):
    """A chart; the picture comes with it."""

    turn_id: str
    kind: str
    description: str


def turn_id(turn: Turn) -> str:
    """What clients call the turn."""
    return f"{turn.session_id}/{turn.number}"


def parse_turn_id(text: str) -> tuple[str, int]:
    """Session and number of a turn.

    Raises:
        UsageError: it is no such id.
    """
    session_id, _, number = text.rpartition("/")
    if not session_id or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise UsageError(f"“{text}” is not a turn_id.", remedy="Take the one that `ask` gave.")
    return session_id, int(number)
