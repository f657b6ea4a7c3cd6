"""Text that comes from people and data, written safely into a program."""

import json
import re
import textwrap
import unicodedata

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def string(text: str) -> str:
    """A Python string literal on one line, in which nothing invisible hides."""
    if '"' in text and "'" not in text and "\\" not in text and text.isprintable():
        return f"'{text}'"
    return "".join(
        c if c.isprintable() else _escaped(c) for c in json.dumps(text, ensure_ascii=False)
    )


def comment(text: str, *, width: int = 100) -> str:
    """A comment on one line."""
    return f"# {_one_line(text)}"[:width]


def docstring(title: str, notes: dict[str, str]) -> str:
    """A module docstring: a headline, then named notes, wrapped and harmless."""
    lines = [_docstring_text(title) or "Answer"]
    if notes:
        lines.append("")
    margin = max((len(name) for name in notes), default=0) + 3
    for name, note in notes.items():
        lead = f"{name}:".ljust(margin)
        lines += textwrap.wrap(
            _docstring_text(note), width=96, initial_indent=lead, subsequent_indent=" " * margin,
            break_on_hyphens=False,
        )  # fmt: skip
    return '"""' + "\n".join(lines) + '\n"""'


def schema_name(name: str) -> str:
    """A column's name in a schema string."""
    return name if _PLAIN_NAME.fullmatch(name) else "`" + name.replace("`", "``") + "`"


def column_name(name: str) -> str:
    """A column's name where an expression expects one."""
    return "`" + name.replace("`", "``") + "`" if re.search(r"[.`]", name) else name


def _docstring_text(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _one_line(text: str) -> str:
    joined = " ".join(text.split())
    return "".join(c if c.isprintable() else "\ufffd" for c in joined)


def _escaped(character: str) -> str:
    code = ord(character)
    if unicodedata.category(character) == "Cs" or code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}"
