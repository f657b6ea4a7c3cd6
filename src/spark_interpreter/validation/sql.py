"""SQL inside a script: queries only, over declared tables and allowed functions."""

import logging
import re
from collections.abc import Callable, Iterator, Set as AbstractSet
from itertools import pairwise
from typing import TypeVar

from sqlglot import Token, Tokenizer, TokenType, errors, exp, parse

from spark_interpreter.validation.findings import Findings, did_you_mean
from spark_interpreter.validation.names import SQL_FUNCTIONS

MAX_CHARACTERS = 100_000
MAX_NESTING = 30

_QUERIES = (exp.Select, exp.SetOperation, exp.Values, exp.Subquery)
_REFUSED = (
    exp.Alter, exp.Cache, exp.Command, exp.Copy, exp.Create, exp.DDL, exp.Delete, exp.Describe,
    exp.Drop, exp.Insert, exp.Into, exp.LoadData, exp.Merge, exp.Pragma, exp.QueryTransform,
    exp.Set, exp.Show, exp.TruncateTable, exp.Uncache, exp.Update, exp.Use,
)  # fmt: skip
_REFUSED_FUNCTIONS = (exp.CurrentUser, exp.ReadCSV, exp.ReadParquet, exp.SessionUser)
_PATH = re.compile(
    r"\b(avro|binaryfile|csv|delta|hudi|iceberg|jdbc|json|orc|parquet|text|xml)\s*\.\s*[`\"'/]",
    re.IGNORECASE,
)
_QUOTE_ESCAPE = re.compile(r"""\\['"]""")

_DIALECT = "spark"
_Parsed = TypeVar("_Parsed")


def check_query(
    text: str, tables: AbstractSet[str], frames: AbstractSet[str], line: int, findings: Findings
) -> None:
    """Add what is wrong with the text of a `spark.sql` call.

    Args:
        tables: names it may read, in lower case.
        frames: the script's DataFrames, which SQL knows only as views.
    """
    statements = _parsed(text, line, findings, lambda: parse(text, dialect=_DIALECT))
    if statements is None:
        return
    if len(statements) != 1 or not isinstance(statements[0], _QUERIES):
        _refuse_statement(line, findings)
        return
    query = statements[0]
    local = {cte.alias.casefold() for cte in query.find_all(exp.CTE) if cte.alias.isidentifier()}
    _check_tree(query, line, findings)
    _check_functions(query, text, line, findings)
    for table in query.find_all(exp.Table):
        name = ".".join(part.name for part in table.parts)
        known = tables | local if len(table.parts) == 1 else tables
        if isinstance(table.this, exp.Func) or name.casefold() in known:
            continue
        suggestion = f'{name}.createOrReplaceTempView("{name}")' if name in frames else ""
        findings.error(
            "sql-table-not-declared", f"{name} is not a declared table or view.", line,
            suggestion or did_you_mean(name, known),
        )  # fmt: skip


def check_expression(text: str, line: int, findings: Findings) -> None:
    """Add what is wrong with the text of an `expr`, `selectExpr` or `filter`."""
    select = f"SELECT {text}"
    statements = _parsed(text, line, findings, lambda: parse(select, dialect=_DIALECT))
    if statements is None:
        return
    query = statements[0] if len(statements) == 1 else None
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        findings.error("sql-syntax", "This SQL text is not one expression.", line)
        return
    if any(node is not query for node in query.find_all(exp.Query, exp.Table, exp.From)):
        findings.error(
            "sql-statement", "An expression cannot contain a query.", line,
            "Join the other DataFrame, or use spark.sql.",
        )  # fmt: skip
        return
    _check_tree(query, line, findings)
    _check_functions(query, text, line, findings)


def _parsed(
    text: str, line: int, findings: Findings, parser: Callable[[], _Parsed]
) -> _Parsed | None:
    if _PATH.search(text):
        findings.error(
            "sql-path-table", "SQL cannot read files by their path.", line,
            "Query a temporary view of a declared source.",
        )  # fmt: skip
        return None
    if _QUOTE_ESCAPE.search(text):
        findings.error(
            "sql-syntax", "A quote inside SQL text is escaped with a backslash.", line,
            "Use the other kind of quote around the text.",
        )  # fmt: skip
        return None
    if len(text) > MAX_CHARACTERS or _nesting(text) > MAX_NESTING:
        findings.error("too-complex", "The SQL text is too long or nested too deeply.", line)
        return None
    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        return parser()
    except errors.SqlglotError as error:
        findings.error("sql-syntax", f"The SQL text is not valid: {_first_line(error)}", line)
    except RecursionError:
        findings.error("too-complex", "The SQL text is nested too deeply.", line)
    finally:
        logger.setLevel(level)
    return None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[()]", text):
        depth = depth + 1 if bracket == "(" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _first_line(error: Exception) -> str:
    plain = re.sub(r"\x1b\[\d+m", "", str(error))
    return plain.splitlines()[0].rstrip(".") + "." if plain else "it cannot be parsed."


def _refuse_statement(line: int, findings: Findings) -> None:
    findings.error(
        "sql-statement", "SQL in a script can only be one query.", line,
        "Use SELECT, WITH or VALUES.",
    )  # fmt: skip


def _check_tree(query: exp.Expression, line: int, findings: Findings) -> None:
    if any(True for _ in query.find_all(*_REFUSED)):
        _refuse_statement(line, findings)


def _check_functions(query: exp.Expression, text: str, line: int, findings: Findings) -> None:
    aliases = {alias.name.casefold() for alias in query.find_all(exp.TableAlias)}
    others = {node.name.casefold() for node in query.find_all(exp.Anonymous)}
    others |= {node.sql_name().casefold() for node in query.find_all(*_REFUSED_FUNCTIONS)}
    for name in sorted((set(_called(text)) - aliases) | others):
        if name not in SQL_FUNCTIONS:
            findings.error(
                "sql-function", f"SQL has no function {name} that a script may use.", line,
                did_you_mean(name, SQL_FUNCTIONS),
            )  # fmt: skip


def _called(text: str) -> Iterator[str]:
    """Names followed by a parenthesis, in lower case, whatever the parser makes of them."""
    tokens: list[Token] = Tokenizer(dialect=_DIALECT).tokenize(text)
    for token, following in pairwise(tokens):
        if following.token_type is TokenType.L_PAREN and token.token_type in {
            TokenType.VAR, TokenType.IDENTIFIER,
        }:  # fmt: skip
            yield token.text.casefold()
