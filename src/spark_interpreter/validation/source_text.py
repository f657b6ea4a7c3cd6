"""From a script's text to its syntax tree, within bounds.

The text that is parsed must be the text that runs, so everything that could make the two differ
(declared encodings, hidden characters, names that change when normalised) is refused.
"""

import ast
import io
import re
import tokenize
import unicodedata
import warnings
from collections.abc import Iterable

from spark_interpreter.syntax import parse as parse_python
from spark_interpreter.validation.findings import Findings

MAX_CHARACTERS = 1_000_000
MAX_NODES = 200_000
MAX_NESTING = 100

_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF_8 = frozenset({"utf-8", "utf8", "utf_8"})
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class SyntaxTree:
    """A script's syntax tree, laid out for passes without recursion.

    Attributes:
        nodes: every node in the order of the text, children before their parents.
        parents: node -> the node it is part of.
    """

    def __init__(self, module: ast.Module) -> None:
        self.nodes: list[ast.AST] = []
        self.parents: dict[ast.AST, ast.AST] = {}
        waiting: list[ast.AST] = [module]
        while waiting:
            node = waiting.pop()
            self.nodes.append(node)
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                waiting.append(child)
        self.nodes.reverse()


def parse(text: str, findings: Findings) -> SyntaxTree | None:
    """The syntax tree, or None with the reason among the findings."""
    if not _check_characters(text, findings):
        return None
    module = _parse(text, findings)
    if module is None:
        return None
    tree = SyntaxTree(module)
    if len(tree.nodes) > MAX_NODES:
        findings.error("too-complex", "The script has too many parts to be checked.", None)
        return None
    return tree


def _check_characters(text: str, findings: Findings) -> bool:
    before = len(findings.all)
    if len(text) > MAX_CHARACTERS:
        findings.error(
            "too-complex", f"The script is longer than {MAX_CHARACTERS:,} characters.", None
        )
        return False
    for number, line in enumerate(text.split("\n")[:2], 1):
        coding = _CODING.match(line)
        if coding and coding[1].lower() not in _UTF_8:
            findings.error(
                "source-text", f"The script declares the encoding {coding[1]}.", number,
                "Remove the coding line: scripts are UTF-8.",
            )  # fmt: skip
    hidden = _HIDDEN.search(text.replace("\r\n", "\n"))
    if hidden:
        findings.error(
            "source-text",
            f"The script contains the invisible character U+{ord(hidden[0]):04X}.",
            text.count("\n", 0, hidden.start()) + 1,
            "Remove it, or write it as an escape sequence inside a text.",
        )
    return len(findings.all) == before


def _parse(text: str, findings: Findings) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if _nesting(text) > MAX_NESTING:
                findings.error(
                    "too-complex", f"Brackets are nested more than {MAX_NESTING} deep.", None
                )
                return None
            tree = parse_python(text)
            if not text.isascii():
                _check_identifiers(text, findings)
    except SyntaxError as error:
        message = f"The script is not valid Python: {error.msg}."
        findings.error("syntax-error", message, error.lineno)
        return None
    except (RecursionError, MemoryError, ValueError, OverflowError, tokenize.TokenError):
        findings.error("too-complex", "The script is too deeply nested to be checked.", None)
        return None
    return tree


def _nesting(text: str) -> int:
    """The depth of brackets; those in texts and comments count only while that does no harm."""
    depth = _depth(re.findall(r"[()\[\]{}]", text))
    if depth <= MAX_NESTING:
        return depth
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return _depth(token.string for token in tokens if token.type == tokenize.OP)


def _depth(symbols: Iterable[str]) -> int:
    depth = deepest = 0
    for symbol in symbols:
        if symbol in "([{":
            depth += 1
        elif symbol in ")]}":
            depth = max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _check_identifiers(text: str, findings: Findings) -> None:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        normal = unicodedata.normalize("NFKC", token.string)
        if token.type == tokenize.NAME and normal != token.string:
            findings.error(
                "source-text", f"The name {token.string} is another spelling of {normal}.",
                token.start[0], f"Write {normal}.",
            )  # fmt: skip
