"""What the agent can do: ask, look, and the steps of the workflow by name."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import Model, TableProfile, Turn, Wishes
from spark_interpreter.supervisor.carry import checked_question
from spark_interpreter.supervisor.investigation.steps import Steps
from spark_interpreter.supervisor.tools import (
    TOOLS,
    CodeRequest,
    LogsRequest,
    PlacementRequest,
    ScriptRequest,
    ToolKind,
    Tools,
)

_ROWS = 25
_TABLES = 8
"""So many tables are described at once where none is named."""
_LISTED = 50
_VALUES = 8
_LOG = 4_000


class Toolbox:
    """The tools of one investigation; each says in text what came of it.

    Attributes:
        charts: turns whose charts belong to the report.
    """

    def __init__(self, steps: Steps, profiles: Sequence[TableProfile]) -> None:
        self._steps = steps
        self._tools = Tools(steps)
        self._profiles = profiles
        self.charts: list[int] = []

    def tools(self) -> list[Any]:
        """The tools as the agent's library takes them."""
        from strands import tool

        own: list[Callable[..., str]] = [self.ask, self.sources, self.look, self.chart]
        own += [self._step(kind) for kind in TOOLS if self._is_there(kind)]
        return [tool(each) for each in own]

    def ask(self, question: str) -> str:
        """Ask one question of the data, in plain English.

        Args:
            question: a simple question, complete in itself.
        """
        return _said(lambda: _shown(self._turn(question)))

    def sources(self, search: str = "") -> str:
        """List the tables that can be asked: name, rows, number of columns.

        Args:
            search: a part of a table's or column's name.
        """
        found = [_listed(p) for p in self._profiles if _has(p, search)]
        more = f" and {len(found) - _LISTED} more; search for some." if found[_LISTED:] else ""
        return f"{_text(found[:_LISTED])}{more}"

    def look(self, table: str = "") -> str:
        """See a table: columns, types, frequent values, ranges.

        Args:
            table: its name; may be left out where there are few.
        """
        profiles = [p for p in self._profiles if not table or table in (p.name, p.label)]
        if not profiles:
            return f"There is no table {table!r}; `sources` lists them."
        if len(profiles) > _TABLES:
            return f"There are {len(profiles)} tables; name one, `sources` lists them."
        return _text([_described(p) for p in profiles])

    def chart(self, turn: int) -> str:
        """Put the chart of a turn into the report, where it has one.

        Args:
            turn: its number.
        """
        found = next((each for each in self._steps.turns if each.number == turn), None)
        if found is None:
            return f"There is no turn {turn} of yours."
        if found.result is None or found.result.chart is None:
            return f"Turn {turn} has no chart."
        if turn not in self.charts:
            self.charts.append(turn)
        return f"It is in the report: {found.result.chart.description}"

    def _turn(self, question: str) -> Turn:
        return self._steps.complete(checked_question(question), (), Wishes(), None)

    def _is_there(self, kind: ToolKind) -> bool:
        return not kind.runs or kind.name.rpartition("_")[2] in self._steps.platforms

    def _step(self, kind: ToolKind) -> Callable[..., str]:
        """A step of the workflow over the sources of the investigation."""

        def asked(question: str) -> str:
            return self._reply(kind, lambda: CodeRequest(question=checked_question(question)))

        def programmed(spark_code: str) -> str:
            return self._reply(kind, lambda: ScriptRequest(spark_code=spark_code))

        def placed(execution_platform: str = "auto") -> str:
            wish = {"execution_platform": execution_platform}
            return self._reply(kind, lambda: PlacementRequest.model_validate(wish))

        def logged(turn: int) -> str:
            session = self._steps.session_id or "none"
            return self._reply(kind, lambda: LogsRequest(session_id=session, turn=turn))

        acts: dict[type[Model], Callable[..., str]] = {
            CodeRequest: asked, ScriptRequest: programmed, PlacementRequest: placed,
            LogsRequest: logged,
        }  # fmt: skip
        act = acts[kind.takes]
        act.__name__, act.__doc__ = kind.name, kind.description
        return act

    def _reply(self, kind: ToolKind, request: Callable[[], Model]) -> str:
        return _said(lambda: _short(kind.call(self._tools, request())))


def _said(act: Callable[[], Any]) -> str:
    """What came of it as text, or why nothing did."""
    try:
        return _text(act())
    except InterpreterError as error:
        return f"This cannot be done: {error}"
    except ValueError as error:  # arguments that a request does not take
        return f"This cannot be done: {error}"


def _text(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, default=str)


def _short(reply: Model) -> dict[str, Any]:
    """A reply of the workflow without what is long and tells nothing here."""
    found = reply.model_dump(mode="json", exclude={"session_id", "draft", "run"})
    if "rows" in found:
        found["rows"] = found["rows"][:_ROWS]
    for stream in ("stdout", "stderr", "engine"):
        if stream in found:
            found[stream] = found[stream][-_LOG:]
    return found


def _shown(turn: Turn) -> dict[str, Any]:
    """What the model sees of a turn."""
    if turn.result is None:
        asked = turn.needs_input
        return {
            "turn": turn.number,
            "status": turn.state,
            "message": asked.message if asked else turn.error.message if turn.error else "",
            "suggestions": [*asked.choices, *asked.suggestions] if asked else [],
        }
    count = turn.result.manifest.row_count
    return {
        "turn": turn.number,
        "status": "answered",
        "reading": turn.draft.reading if turn.draft else "",
        "assumptions": turn.draft.assumptions if turn.draft else [],
        "columns": [column.name for column in turn.result.manifest.columns],
        "rows": turn.result.rows[:_ROWS],
        "row_count": count,
        "truncated": count > _ROWS,
    }


def _listed(profile: TableProfile) -> dict[str, Any]:
    return {
        "table": profile.label,
        "rows": profile.row_count,
        "columns": len(profile.columns),
    }


def _has(profile: TableProfile, search: str) -> bool:
    names = (profile.label, profile.name, *(column.name for column in profile.columns))
    return any(search.casefold() in name.casefold() for name in names)


def _described(profile: TableProfile) -> dict[str, Any]:
    return {
        "table": profile.label,
        "rows": profile.row_count,
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "values": [v.value for v in column.top_values[:_VALUES]],
                "from": column.minimum,
                "to": column.maximum,
            }
            for column in profile.columns
        ],
    }
