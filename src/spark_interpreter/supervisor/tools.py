"""The steps of the workflow as tools that a person, an agent or a protocol can call alone.

Each is a turn of the one workflow, or a look at one: what a tool writes, checks or runs is kept,
limited and recorded like everything else, and there is no second way to do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from spark_interpreter.errors import NotFound
from spark_interpreter.model import (
    FINAL_STATES,
    Draft,
    ErrorInfo,
    ExecutionLogs,
    Finding,
    Model,
    NeedsInput,
    Placement,
    PlatformName,
    ResultColumn,
    Run,
    Source,
    Turn,
    TurnState,
    Wishes,
)
from spark_interpreter.model.source import Location
from spark_interpreter.platforms.selection import Demand, select
from spark_interpreter.supervisor.carry import MAX_QUESTION, MAX_SCRIPT, source_named
from spark_interpreter.supervisor.desk import Desk

_SessionId = Annotated[str, Field(min_length=1, max_length=200)]
_Sources = Annotated[
    tuple[Location | Source, ...],
    Field(
        max_length=50,
        description="Files (paths, patterns, s3:// URIs) and tables (glue:DATABASE.TABLE, "
        "postgres:CONNECTION/SCHEMA.TABLE); those of the session's last turn if left out.",
    ),
]


class _Request(Model):
    sources: _Sources = ()
    session_id: _SessionId | None = None

    @property
    def all_sources(self) -> tuple[Source, ...]:
        """The sources, words as what they mean."""
        return tuple(source_named(s) if isinstance(s, str) else s for s in self.sources)


class CodeRequest(_Request):
    """A question to write a script for."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION)


class ScriptRequest(_Request):
    """A script that leaves a DataFrame called `result`."""

    spark_code: str = Field(min_length=1, max_length=MAX_SCRIPT)


class PlacementRequest(_Request):
    """Data that a script reads, and where it should run if there is a wish."""

    execution_platform: Literal["auto", "local", "lambda", "emr", "connect"] = "auto"


class LogsRequest(Model):
    """A turn whose run said something."""

    session_id: _SessionId
    turn: int = Field(ge=1)


class _Reply(Model):
    """What every tool says that is a turn.

    Attributes:
        finished: the turn has ended; if not, it goes on and can be looked at later.
        error: why it did not come to its end.
    """

    session_id: str
    turn: int
    state: TurnState
    finished: bool
    error: ErrorInfo | None = None

    @classmethod
    def of(cls, turn: Turn) -> Self:
        return cls(**_common(turn))


class Code(_Reply):
    """A script for a question, or what is missing to write one.

    Attributes:
        findings: what validation says of it, which it has passed already.
    """

    spark_code: str | None = None
    draft: Draft | None = None
    needs_input: NeedsInput | None = None
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> Self:
        return cls(
            **_common(turn),
            spark_code=turn.script.text if turn.script else None,
            draft=turn.draft,
            needs_input=turn.needs_input,
            findings=turn.verdict.findings if turn.verdict else (),
        )


class Checked(_Reply):
    """What validation says of a script; nothing was run.

    Attributes:
        ok: it may be run.
        columns: of its result.
    """

    ok: bool
    findings: tuple[Finding, ...] = ()
    columns: tuple[ResultColumn, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> Self:
        verdict = turn.verdict
        return cls(
            **_common(turn),
            ok=verdict is not None and verdict.ok,
            findings=verdict.findings if verdict else (),
            columns=verdict.columns if verdict else (),
        )


class Execution(_Reply):
    """What came of a script's run.

    Attributes:
        rows: the first rows; `row_count` counts all of them, `truncated` says there are more.
        findings: of the validation before it.
    """

    run: Run | None = None
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    row_count: int | None = None
    truncated: bool = False
    summary: str = ""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, turn: Turn) -> Self:
        result = turn.result
        return cls(
            **_common(turn),
            run=turn.run,
            columns=result.manifest.columns if result else (),
            rows=result.rows if result else (),
            row_count=result.manifest.row_count if result else None,
            truncated=result.truncated if result else False,
            summary=result.summary if result else "",
            findings=turn.verdict.findings if turn.verdict else (),
        )


class Tools:
    """The tools by name. Every one raises what a turn cannot even begin with.

    What goes wrong with a turn that was begun is the reply's `error`.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def call_code_generation_agent(self, request: CodeRequest) -> Code:
        """Write a PySpark script for a question, and check it."""
        return Code.of(self._complete(request, Wishes(dry_run=True), request.question))

    def validate_spark_code(self, request: ScriptRequest) -> Checked:
        """Check a script without running it: what it may not do, unknown names, advice."""
        wishes = Wishes(dry_run=True, script=request.spark_code)
        return Checked.of(self._complete(request, wishes))

    def select_execution_platform(self, request: PlacementRequest) -> Placement:
        """Choose where a script over these data runs, and say why.

        Raises:
            PlacementError: the wished platform, or every platform, cannot be used now.
            SourceError: the data cannot be looked at.
        """
        wish = None if request.execution_platform == "auto" else request.execution_platform
        demand = self._desk.demand(request.all_sources)
        return select(self._desk.platforms, demand, wish, settings=self._desk.settings)

    def execute_spark_code_local(self, request: ScriptRequest) -> Execution:
        """Check a script and run it on this machine."""
        return self._execute(request, "local")

    def execute_spark_code_lambda(self, request: ScriptRequest) -> Execution:
        """Check a script and run it on AWS Lambda."""
        return self._execute(request, "lambda")

    def execute_spark_code_emr(self, request: ScriptRequest) -> Execution:
        """Check a script and run it on EMR Serverless."""
        return self._execute(request, "emr")

    def execute_spark_code_connect(self, request: ScriptRequest) -> Execution:
        """Check a script and run it on a Spark cluster over Spark Connect."""
        return self._execute(request, "connect")

    def extract_execution_logs(self, request: LogsRequest) -> ExecutionLogs:
        """Read what the run of a turn has said, and nothing of other runs.

        Raises:
            NotFound: there is no such turn.
        """
        return self._desk.logs(self._desk.turn(request.session_id, request.turn))

    def _execute(self, request: ScriptRequest, platform: PlatformName) -> Execution:
        """Raises:
        PlacementError: the platform cannot be used now; nothing was begun.
        """
        select(self._desk.platforms, Demand(()), platform, settings=self._desk.settings)
        wishes = Wishes(platform=platform, script=request.spark_code)
        return Execution.of(self._complete(request, wishes))

    def _complete(self, request: _Request, wishes: Wishes, question: str = "") -> Turn:
        return self._desk.complete(question, request.all_sources, wishes, request.session_id)


@dataclass(frozen=True)
class ToolKind:
    """A tool as others offer it: its name, what it does in a sentence, its types."""

    name: str
    takes: type[Model]
    gives: type[Model]
    runs: bool = False

    @property
    def description(self) -> str:
        """The first sentence of the tool's documentation."""
        return (getattr(Tools, self.name).__doc__ or "").strip().partition("\n")[0]

    def call(self, tools: Tools, request: Any) -> Any:
        """Call the tool with its request."""
        act: Callable[[Any], Model] = getattr(tools, self.name)
        return act(request)


TOOLS: tuple[ToolKind, ...] = (
    ToolKind("call_code_generation_agent", CodeRequest, Code),
    ToolKind("validate_spark_code", ScriptRequest, Checked),
    ToolKind("select_execution_platform", PlacementRequest, Placement),
    ToolKind("execute_spark_code_lambda", ScriptRequest, Execution, runs=True),
    ToolKind("execute_spark_code_emr", ScriptRequest, Execution, runs=True),
    ToolKind("execute_spark_code_local", ScriptRequest, Execution, runs=True),
    ToolKind("execute_spark_code_connect", ScriptRequest, Execution, runs=True),
    ToolKind("extract_execution_logs", LogsRequest, ExecutionLogs),
)


def tool_named(name: str) -> ToolKind:
    """The tool of this name.

    Raises:
        NotFound: there is none.
    """
    for kind in TOOLS:
        if kind.name == name:
            return kind
    raise NotFound(
        f"There is no tool {name[:64]!r}.",
        remedy=f"Take one of: {', '.join(kind.name for kind in TOOLS)}.",
    )


def _common(turn: Turn) -> dict[str, Any]:
    return {
        "session_id": turn.session_id,
        "turn": turn.number,
        "state": turn.state,
        "finished": turn.state in FINAL_STATES,
        "error": turn.error,
    }
