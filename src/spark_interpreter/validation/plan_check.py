"""What an engine could not resolve, as findings a person can act on."""

import re
from collections.abc import Sequence

from spark_interpreter.errors import RunTimeout
from spark_interpreter.model import EmptyTable, PlanFailure, PlanReport
from spark_interpreter.validation import names
from spark_interpreter.validation.base import PlanChecker
from spark_interpreter.validation.findings import Findings, did_you_mean, nearest
from spark_interpreter.validation.kinds import Kinds, strings

_UNKNOWN_LOCATION = "UNKNOWN_LOCATION"
_NO_COLUMNS = (
    'Say its columns with .schema("id INT, …") before the read, or name it as a source of the run.'
)

_RULES = (
    ("UNRESOLVED_COLUMN", "unknown-column"),
    ("FIELD_NOT_FOUND", "unknown-column"),
    ("UNRESOLVED_USING_COLUMN", "unknown-column"),
    ("AMBIGUOUS", "ambiguous-column"),
    ("COLUMN_ALREADY_EXISTS", "ambiguous-column"),
    ("TABLE_OR_VIEW_NOT_FOUND", "unknown-table"),
    ("UNRESOLVED_ROUTINE", "unknown-function"),
    ("DATATYPE_MISMATCH", "type-mismatch"),
    ("CAST_", "type-mismatch"),
    ("WRONG_NUM_ARGS", "wrong-arguments"),
    ("MISSING_AGGREGATION", "missing-aggregation"),
    ("MISSING_GROUP_BY", "missing-aggregation"),
    ("PARSE_SYNTAX_ERROR", "sql-syntax"),
    ("ParseException", "sql-syntax"),
    (_UNKNOWN_LOCATION, "unknown-table"),
    ("NameError", "undefined-name"),
    ("UnboundLocalError", "undefined-name"),
    ("AttributeError", "unknown-member"),
    ("TypeError", "wrong-arguments"),
)
_MESSAGES = (
    ("ambiguous-column", r"ambiguous"),
    ("unknown-column", r"(cannot|could not|can't) (be )?resolve|no field named|unresolved"),
    ("unknown-table", r"table or view|table not found|no such table"),
    ("unknown-function", r"unknown function|invalid function"),
    ("type-mismatch", r"coerce|common argument type|type mismatch|expected type|cannot cast"),
)
"""What messages say where the engine gives no condition."""

_LONGEST_MESSAGE = 500


def check_plan(
    checker: PlanChecker,
    script: str,
    tables: Sequence[EmptyTable],
    kinds: Kinds | None,
    findings: Findings,
) -> PlanReport:
    """Resolve the script against empty tables; the result's columns and the script's needs.

    Raises:
        EngineUnavailable: the engine could not be started.
    """
    try:
        report = checker.check(script, tables)
    except RunTimeout as timeout:
        findings.error(
            "plan-timeout", "The script did not come to its end even without data.", None,
            timeout.remedy,
        )  # fmt: skip
        return PlanReport()
    if report.failure is not None:
        _add(report.failure, tables, kinds, findings)
    return report


def _add(
    failure: PlanFailure, tables: Sequence[EmptyTable], kinds: Kinds | None, findings: Findings
) -> None:
    message = _one_sentence(failure.message)
    if failure.unsupported:
        findings.warning(
            "engine-unsupported", f"The embedded engine lacks a feature: {message}", failure.line,
            "Run it on a platform with Apache Spark.",
        )  # fmt: skip
        return
    rule = _rule(failure)
    findings.error(rule, message, failure.line, _suggestion(rule, failure, tables, kinds))


def _rule(failure: PlanFailure) -> str:
    for prefix, rule in _RULES:
        if failure.error_class.startswith(prefix):
            return rule
    for rule, pattern in _MESSAGES:
        if re.search(pattern, failure.message, re.IGNORECASE):
            return rule
    return "plan-error"


def _one_sentence(message: str) -> str:
    first = message.strip().partition("\n")[0].strip() or "The plan cannot be resolved"
    if len(first) > _LONGEST_MESSAGE:
        return first[: _LONGEST_MESSAGE - 1] + "…"
    return first if first.endswith((".", "!", "?")) else f"{first}."


def _suggestion(
    rule: str, failure: PlanFailure, tables: Sequence[EmptyTable], kinds: Kinds | None
) -> str:
    name = failure.name
    if name is None:
        return ""
    if rule == "unknown-column":
        return _column_suggestion(name, tables, kinds)
    if rule == "ambiguous-column":
        return f'Say which one, for instance with .alias("a") and F.col("a.{name}").'
    known = {
        "unknown-table": [table.location for table in tables],
        "unknown-function": names.FUNCTIONS,
        "undefined-name": [*(kinds.bindings.of_name if kinds else ()), *names.BUILTINS],
    }
    meant = did_you_mean(name, known.get(rule, ()))
    return meant or (_NO_COLUMNS if failure.error_class == _UNKNOWN_LOCATION else "")


def _column_suggestion(name: str, tables: Sequence[EmptyTable], kinds: Kinds | None) -> str:
    columns = {column.name for table in tables for column in table.columns}
    plain = name.replace("`", "").rpartition(".")[2]
    best = nearest(plain, columns, limit=3)
    if not best and kinds is not None:
        best = nearest(plain, set(strings(kinds.nodes)) - {plain})
    if not best:
        return f"The columns are {', '.join(sorted(columns)[:20])}." if columns else ""
    return f"Did you mean {' or '.join(_with_tables(column, tables) for column in best)}?"


def _with_tables(column: str, tables: Sequence[EmptyTable]) -> str:
    """The column's name with the tables that have it, where there are several tables."""
    owners = [_short(table.location) for table in tables if column in _names(table)]
    return f"{column} of {' and '.join(owners)}" if owners and len(tables) > 1 else column


def _names(table: EmptyTable) -> set[str]:
    return {column.name for column in table.columns}


def _short(location: str) -> str:
    """What a person calls the table: the file without its folders and ending, or its name."""
    name = location.rstrip("/").rpartition("/")[2]
    return name.partition(".")[0] or name if "/" in location else location
