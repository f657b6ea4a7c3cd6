"""What a script's process says of its needs, held against what its sources are.

A condition becomes part of a query with the owner's credentials, so nothing of it is taken on
trust: it is parsed, and may only compare columns of its own source with constants.
"""

import logging
import re
from collections.abc import Iterable, Sequence

from spark_interpreter.model import EmptyTable, Need
from spark_interpreter.platforms.embedded.conditions import MAX_CHARACTERS

_MAX_DEPTH = 60
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`]|``)+`")
_SIGNS = re.compile(r"[\w\s().,<>=+-]*")


def believed(needs: Iterable[Need], tables: Sequence[EmptyTable]) -> tuple[Need, ...]:
    """The needs with what cannot be true, or cannot be passed on, taken out.

    Less said means more data, never fewer: columns that are not known become all columns, and a
    condition that is not one of ours becomes none.
    """
    known = {table.location: {c.name for c in table.columns} for table in tables}
    found: dict[str, Need] = {}
    for need in needs:
        names = known.get(need.location)
        if names is None:
            continue
        columns = need.columns if need.columns and names.issuperset(need.columns) else None
        where = need.where if need.where and _is_condition(need.where, names) else None
        found[need.location] = Need(location=need.location, columns=columns, where=where)
    return tuple(found.values())


def _is_condition(text: str, columns: set[str]) -> bool:
    from sqlglot import errors, exp, parse

    rest = _QUOTED.sub("", text)
    if len(text) > MAX_CHARACTERS or not _SIGNS.fullmatch(rest) or "--" in rest:
        return False
    if _depth(rest) > _MAX_DEPTH:
        return False
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        statements = parse(f"SELECT 1 WHERE {text}", dialect="spark")
    except (errors.SqlglotError, RecursionError):
        return False
    finally:
        logger.setLevel(level)
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return False
    query = statements[0]
    if {name for name, value in query.args.items() if value} != {"expressions", "where"}:
        return False
    allowed = (
        exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
        exp.In, exp.Is, exp.Null, exp.Like, exp.Column, exp.Identifier, exp.Literal, exp.Boolean,
        exp.Neg, exp.Lower, exp.Upper, exp.Trim, exp.Year, exp.Quarter, exp.Month, exp.Day,
        exp.DayOfMonth, exp.TsOrDsToDate, exp.Cast, exp.DataType,
    )  # fmt: skip
    nodes = list(query.args["where"].this.walk())
    return all(isinstance(node, allowed) for node in nodes) and all(
        len(node.parts) == 1 and node.name in columns
        for node in nodes
        if isinstance(node, exp.Column)
    )


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest
