"""What is said to the agents' runtimes, and what they answer."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from spark_interpreter.model.answer import AnswerDocument
from spark_interpreter.model.attempt import Attempt
from spark_interpreter.model.base import Model
from spark_interpreter.model.draft import Draft, NeedsInput
from spark_interpreter.model.error_info import ErrorInfo
from spark_interpreter.model.example import Example
from spark_interpreter.model.glossary import Glossary
from spark_interpreter.model.profile import Reference, TableProfile, ValueCount
from spark_interpreter.model.run import ExecutionLogs
from spark_interpreter.model.session import Event, Turn
from spark_interpreter.model.source import Location, Source


class AskInvocation(Model):
    """Ask a question, or run a script, in the runtime's session.

    Attributes:
        wait: stream the turn's events and its answer; False answers at once with its number.
        owner: whose session it is.
    """

    action: Literal["ask"] = "ask"
    prompt: str = Field(default="", max_length=4_000)
    spark_code: str | None = Field(default=None, max_length=60_000)
    sources: tuple[Location | Source, ...] = Field(default=(), max_length=50)
    execution_platform: Literal["auto", "local", "lambda", "emr", "connect"] = "auto"
    mode: Literal["answer", "script"] = "answer"
    wait: bool = True
    owner: str = Field(default="agentcore", min_length=1, max_length=200)


class CarryInvocation(Model):
    """Carry a turn that somebody else keeps, in the background and once.

    Attributes:
        past: the session's turns before it, oldest first.
    """

    action: Literal["carry"]
    owner: str = Field(min_length=1, max_length=200)
    turn: Turn
    past: tuple[Turn, ...] = ()


class LookInvocation(Model):
    """How far a turn is, with its events after a number; the session's last turn for None."""

    action: Literal["turn"]
    owner: str = "agentcore"
    turn: int | None = None
    after: int = 0


class CancelInvocation(Model):
    """Stop a turn."""

    action: Literal["cancel"]
    owner: str = "agentcore"
    turn: int


class FileInvocation(Model):
    """A piece of a file of a turn's result; `path` is one that its manifest names."""

    action: Literal["file"]
    owner: str = "agentcore"
    turn: int
    path: str
    offset: int = Field(default=0, ge=0)


class ToolInvocation(Model):
    """Call one of the tools by name."""

    action: Literal["tool"]
    owner: str = "agentcore"
    name: str
    input: dict[str, Any] = Field(default_factory=dict)


SupervisorInvocation = Annotated[
    AskInvocation
    | CarryInvocation
    | LookInvocation
    | CancelInvocation
    | FileInvocation
    | ToolInvocation,
    Field(discriminator="action"),
]


class Refused(Model):
    """Why an invocation was not carried out."""

    error: ErrorInfo


class Begun(Model):
    """A turn that is being carried."""

    session_id: str
    turn: int
    state: str


class CarriedTurn(Model):
    """A turn as it is now; `logs` when it has ended."""

    turn: Turn
    events: tuple[Event, ...] = ()
    logs: ExecutionLogs | None = None


class FilePiece(Model):
    """Bytes of a file (base64), and where the next ones begin; None behind the last."""

    content: str
    next: int | None


class StreamedEvent(Model):
    """One frame of a stream: a step of the turn, or at its end the answer."""

    event: Event | None = None
    answer: AnswerDocument | None = None


class Lookup(Model):
    """A text that was looked for in a column of a whole source, and what was found."""

    table: str
    column: str
    text: str
    found: tuple[ValueCount, ...] = ()


class KeyLookup(Model):
    """Columns of two tables among which keys were looked for, and what was found.

    None for nothing that could be told.
    """

    one: str
    other: str
    pairs: tuple[tuple[str, str], ...]
    found: tuple[Reference, ...] | None = None


class GenerationInvocation(Model):
    """A question and everything it may be understood from.

    Attributes:
        history: questions with what they came to, oldest first.
        planned: what the built-in planner makes of the question.
        attempts: what was tried and did not work, oldest first.
        lookups, key_lookups: what was found of what earlier replies asked for.
    """

    question: str
    profiles: tuple[TableProfile, ...]
    history: tuple[tuple[str, Draft | NeedsInput], ...] = ()
    today: date
    glossary: Glossary = Glossary()
    examples: tuple[Example, ...] = ()
    planned: Draft | NeedsInput | None = None
    attempts: tuple[Attempt, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    key_lookups: tuple[KeyLookup, ...] = ()


class GenerationReply(Model):
    """A draft, or what is missing to make one, or what has to be looked up first.

    Attributes:
        lookups, key_lookups: the generator could not look into the sources; ask again with what
            is found.
    """

    draft: Draft | None = None
    needs_input: NeedsInput | None = None
    lookups: tuple[Lookup, ...] = ()
    key_lookups: tuple[KeyLookup, ...] = ()
    error: ErrorInfo | None = None
