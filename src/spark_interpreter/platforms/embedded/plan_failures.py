"""Why a plan does not resolve, from the engine's own words."""

import ast
import re
from collections.abc import Callable
from typing import NamedTuple, TypeGuard

from spark_interpreter.model import PlanFailure
from spark_interpreter.platforms.embedded.logs import first_sentence, plain_text
from spark_interpreter.platforms.embedded.protocol import Raised
from spark_interpreter.syntax import parse


class Told(NamedTuple):
    """Spark's condition, one sentence, and the name it is about."""

    condition: str
    message: str
    name: str | None = None


def plan_failure(raised: Raised, script: str) -> PlanFailure | None:
    """Why the plan of `script` does not resolve; None if only real rows could tell."""
    if raised.after_data and not raised.engine:
        return None
    told = engine_told(raised)
    return PlanFailure(
        error_class=told.condition,
        message=told.message,
        line=line_of_name(script, raised.line, told.name),
        name=told.name,
        unsupported=raised.unsupported,
    )


def engine_told(raised: Raised) -> Told:
    """The engine's message in Spark's terms."""
    text = plain_text(raised.message)
    for pattern, tell in _RULES:
        match = pattern.search(text)
        if match:
            return tell(match)
    return Told(raised.condition or raised.type, first_sentence(text))


def _column(match: re.Match[str]) -> str:
    return ".".join(re.findall(r'Identifier\("((?:[^"\\]|\\.)*)"\)', match[1]))


def _unresolved(match: re.Match[str]) -> Told:
    name = _column(match)
    return Told("UNRESOLVED_COLUMN", f"There is no column {name!r} here.", name)


def _ambiguous(match: re.Match[str]) -> Told:
    name = _column(match)
    return Told("AMBIGUOUS_REFERENCE", f"More than one column here is called {name!r}.", name)


def _no_function(match: re.Match[str]) -> Told:
    return Told("UNRESOLVED_ROUTINE", f"The engine has no function {match[1]!r}.", match[1])


def _no_table(match: re.Match[str]) -> Told:
    return Told("TABLE_OR_VIEW_NOT_FOUND", f"There is no table {match[1]!r}.", match[1])


def _not_aggregated(_: re.Match[str]) -> Told:
    sentence = "A column is used here that is neither grouped by nor aggregated."
    return Told("MISSING_AGGREGATION", sentence)


def _not_boolean(_: re.Match[str]) -> Told:
    return Told("DATATYPE_MISMATCH", "The condition of a filter is neither true nor false.")


def _wrong_argument(match: re.Match[str]) -> Told:
    called = re.search(r"[Ff]unction [`'](?:spark_)?(\w+)[`']", match[0])
    wanted = re.search(r"The argument of .*?(?=\. |$)", match[0])
    sentence = wanted[0] + "." if wanted else first_sentence(match[0])
    return Told("DATATYPE_MISMATCH", sentence, called[1] if called else None)


def _columns_differ(match: re.Match[str]) -> Told:
    return Told("NUM_COLUMNS_MISMATCH", first_sentence(match[0]))


def _bad_sql(match: re.Match[str]) -> Told:
    return Told("PARSE_SYNTAX_ERROR", f"The SQL text does not parse: {first_sentence(match[1])}")


def _named_condition(match: re.Match[str]) -> Told:
    quoted = re.search(r"([`'\"])(.+?)\1", match[2])
    return Told(match[1], first_sentence(match[2]), quoted[2] if quoted else None)


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Told]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), tell)
    for pattern, tell in (
        (r"attribute ObjectName\(\[(.*)\]\) is missing from the schema", _unresolved),
        (r"ambiguous attribute: ObjectName\(\[(.*)\]\)", _ambiguous),
        (r"unknown (?:table )?function: (\S+)", _no_function),
        (r"Table or view not found: (\S+)", _no_table),
        (r"^No field named", _not_aggregated),
        (r"non-boolean predicate", _not_boolean),
        (r"^.*(?:coercion failed|No function matches).*$", _wrong_argument),
        (r"^.*different number of columns.*$", _columns_differ),
        (r"^invalid argument: (found .*)$", _bad_sql),
        (r"\[([A-Z][A-Z0-9_.]+)\]\s*(.*)", _named_condition),
    )
)


def line_of_name(script: str, line: int | None, name: str | None) -> int | None:
    """The line where the failing call names `name`; `line` itself if it does not say.

    Python reports the line of the method that was called; the name may stand further down, among
    the arguments of the call.
    """
    if line is None or name is None:
        return line
    word = re.compile(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)")
    mentions = (
        node.lineno
        for call in ast.walk(parse(script))
        if isinstance(call, ast.Call) and call.func.end_lineno == line
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for node in ast.walk(argument)
        if _mentions(node, word)
    )
    return min(mentions, default=line)


def _mentions(node: ast.AST, word: re.Pattern[str]) -> TypeGuard[ast.expr]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return word.search(node.value) is not None
    return isinstance(node, ast.Attribute) and word.fullmatch(node.attr) is not None
