"""The tools by name: what each takes, gives and does, in words that a model reads."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from spark_interpreter.agents.mcp import messages as m
from spark_interpreter.agents.mcp.desk import Client, Desk, Shown
from spark_interpreter.api.schemas import ProfileView
from spark_interpreter.model import ExecutionLogs, Model
from spark_interpreter.supervisor.tools import TOOLS, ToolKind

SCRIPT_TOOLS = frozenset({"run_script", *(kind.name for kind in TOOLS if kind.runs)})
"""Tools of servers that run scripts."""


@dataclass(frozen=True)
class Tool:
    """A tool.

    Attributes:
        act: called with the client and the tool's input.
        reads_only: it changes nothing, not even the list of questions.
    """

    name: str
    description: str
    takes: type[Model]
    gives: type[Model]
    act: Callable[[Client, Any], Awaitable[Model | Shown]]
    reads_only: bool = True


@dataclass(frozen=True)
class Offer:
    """What a server offers besides asking and looking.

    Attributes:
        scripts: clients may run scripts of their own.
        steps: the steps of the workflow are tools as well.
    """

    scripts: bool = False
    steps: bool = False


def tools_of(desk: Desk, offer: Offer) -> Sequence[Tool]:
    """The tools of a server."""
    tools = [
        Tool(
            "ask",
            "Ask a question of data in plain language, such as “revenue by month”. Begins a turn "
            "and returns its turn_id at once; call `wait` for the answer. A question may refine "
            "the one before it in the same conversation (“only 2024”); pass new_session to leave "
            "it behind. The data are only read.",
            m.Ask, m.Standing, desk.ask, reads_only=False,
        ),
        Tool(
            "wait",
            "Wait until a turn is finished, or for some seconds, and get its result. Call again "
            "while `finished` is false.",
            m.Wait, m.Waited, desk.wait,
        ),
        Tool(
            "result",
            "The result of a finished turn: how the question was read, assumptions, summary, "
            "rows, script. `row_count` counts all rows; ask for further ones with `offset`.",
            m.ReadResult, m.Outcome, desk.result,
        ),
        Tool(
            "cancel", "Stop a turn and whatever runs for it.",
            m.OfTurn, m.Standing, desk.cancel, reads_only=False,
        ),
        Tool(
            "validate",
            "Check a PySpark script without running it: what it may not do, names and types that "
            "do not exist, advice. Says which columns its result has.",
            m.Validate, m.Checked, desk.validate,
        ),
        Tool(
            "list_sources",
            "What there is to ask of: files, and places where tables are. Call it with a place "
            "to see what is in it.",
            m.ListSources, m.Found, desk.list_sources,
        ),
        Tool(
            "profile",
            "What is known of a file or table: columns with types, ranges and frequent values, "
            "row count, what is wrong with the data.",
            m.ProfileSource, ProfileView, desk.profile,
        ),
        Tool("chart", "The chart of a result as a picture.", m.OfTurn, m.Drawn, desk.chart),
        Tool("logs", "What a turn's run printed.", m.OfTurn, ExecutionLogs, desk.logs),
    ]  # fmt: skip
    if offer.scripts:
        tools.append(
            Tool(
                "run_script",
                "Run a PySpark script, after the same validation as generated ones and in the "
                "same sandbox. Begins a turn and returns its turn_id at once.",
                m.RunScript, m.Standing, desk.run_script, reads_only=False,
            )
        )  # fmt: skip
    if offer.steps:
        tools += [_step(desk, kind) for kind in TOOLS if offer.scripts or not kind.runs]
    return tools


def _step(desk: Desk, kind: ToolKind) -> Tool:
    async def act(client: Client, given: Model) -> Model:
        return await desk.step(client, kind, given)

    return Tool(kind.name, kind.description, kind.takes, kind.gives, act, reads_only=not kind.runs)
