"""Finding our way in a script's text: what it reads and where it writes."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from spark_interpreter.model import ResultColumn
from spark_interpreter.script.literals import string
from spark_interpreter.syntax import parse

_READS = {"csv", "parquet", "json", "orc", "text", "load"}
_WRITES = {"csv", "parquet", "json", "orc", "text", "save"}


class LiteralRead(NamedTuple):
    """A path or URI that a script reads, and the columns of its schema if that is written out."""

    location: str
    columns: tuple[ResultColumn, ...]


def literal_reads(text: str) -> tuple[LiteralRead, ...]:
    """Everything a script reads by a literal path, in the order of the text."""
    reads = []
    for call in _calls(text):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _READS:
            chain = _chain(call)
            if any(isinstance(n, ast.Attribute) and n.attr == "read" for n in chain):
                columns = _schema(chain)
                reads += [LiteralRead(location, columns) for location in _locations(call)]
    return tuple(reads)


def with_output(text: str, output: str) -> str:
    """The script writing its result to `output`; the statement is added where there is none."""
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    places = [
        argument
        for call in _calls_of(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _WRITES
        and any(isinstance(n, ast.Attribute) and n.attr == "write" for n in _chain(call))
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]  # fmt: skip
    if places:
        return _replaced(text, places[-1], string(output))
    if any(_assigns_result(node) for node in ast.walk(tree)):
        line = f'result.write.mode("overwrite").parquet({string(output)})'
        return f"{text.rstrip()}\n\n{line}\n"
    return text


def write_of_result(text: str) -> int | None:
    """Where the text's last statement begins (a character), if it writes `result`; else None."""
    try:
        last = parse(text).body[-1]
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return None
    names = {node.id for node in ast.walk(last) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(last) if isinstance(node, ast.Attribute)}
    if not isinstance(last, ast.Expr) or names != {"result"} or "write" not in attributes:
        return None
    lines = text.splitlines(keepends=True)
    return sum(len(line) for line in lines[: last.lineno - 1])


def _assigns_result(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "result" and isinstance(node.ctx, ast.Store)


def _replaced(text: str, node: ast.expr, code: str) -> str:
    """The text with the source of a node replaced; its offsets count UTF-8 bytes."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = text.encode().splitlines(keepends=True)
    before = b"".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :] + b"".join(lines[node.end_lineno :])
    return (before + code.encode() + after).decode()


def _calls(text: str) -> Iterator[ast.Call]:
    try:
        tree = parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return iter(())
    return _calls_of(tree)


def _calls_of(tree: ast.AST) -> Iterator[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return iter(sorted(calls, key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0)))


def _chain(call: ast.Call) -> list[ast.expr]:
    """The attributes and calls that lead to a call: `a.b(1).c(2)` has c(2), c, b(1), b, a."""
    chain: list[ast.expr] = []
    node: ast.expr = call
    while True:
        chain.append(node)
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            node = node.value
        else:
            return chain


def _locations(call: ast.Call) -> Iterator[str]:
    assert isinstance(call.func, ast.Attribute)
    several = call.func.attr in {"parquet", "orc"}
    for argument in call.args if several else call.args[:1]:
        items = argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument]
        for item in items:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                yield item.value


def _schema(chain: list[ast.expr]) -> tuple[ResultColumn, ...]:
    for node in chain:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "schema"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            return tuple(_fields(node.args[0].value))
    return ()


def _fields(schema: str) -> Iterator[ResultColumn]:
    for field in _split(schema):
        if field.startswith("`"):
            end = field.find("`", 1)
            while field[end + 1 : end + 2] == "`":
                end = field.find("`", end + 2)
            name, kind = field[1:end].replace("``", "`"), field[end + 1 :]
        else:
            name, _, kind = field.replace(":", " ", 1).partition(" ")
        if name and kind.strip():
            yield ResultColumn(name=name, type=kind.strip().lower())


def _split(schema: str) -> Iterator[str]:
    """The fields of a schema string, split at commas outside brackets and backticks."""
    depth, quoted, start = 0, False, 0
    for place, character in enumerate(schema):
        quoted ^= character == "`"
        if quoted:
            continue
        depth += (character in "(<") - (character in ")>")
        if character == "," and depth == 0:
            yield schema[start:place].strip()
            start = place + 1
    yield schema[start:].strip()
