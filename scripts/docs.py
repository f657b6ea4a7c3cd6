"""Writes the generated parts of the documentation, or says which are out of date (`--check`).

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from spark_interpreter import errors
from spark_interpreter.api import create_app
from spark_interpreter.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
PREFIX = "SPARK_INTERPRETER_"
FOLDER_DEFAULTS = {
    "data_dir": "`~/.local/share/spark-interpreter`",
    "cache_dir": "`~/.cache/spark-interpreter`",
}


def settings_table() -> str:
    return table(("variable", "default", "meaning"), setting_rows(Settings, PREFIX))


def setting_rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, ...]]:
    notes = attribute_notes(model)
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from setting_rows(kind, f"{prefix}{name.upper()}__")
        else:
            meaning = field.description or sentence(notes.get(name, ""))
            yield f"`{prefix}{name.upper()}`", default_text(name, field), meaning


def default_text(name: str, field: FieldInfo) -> str:
    if field.default_factory is not None:
        return FOLDER_DEFAULTS[name]
    value: Any = "" if field.default is None else field.default
    return f"`{json.dumps(value) if isinstance(value, bool | tuple | dict) else value}`"


def attribute_notes(model: type[BaseModel]) -> dict[str, str]:
    """The `Attributes:` section of a docstring: name to text."""
    _, _, section = (inspect.getdoc(model) or "").partition("Attributes:\n")
    notes: dict[str, str] = {}
    for names, text in re.findall(r"^ {4}(\w[\w, ]*): (.*(?:\n {8}.*)*)", section, re.MULTILINE):
        for name in names.split(", "):
            notes[name] = " ".join(text.split())
    return notes


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def errors_table() -> str:
    return table(("code", "class", "phase", "meaning"), error_rows())


def error_rows() -> Iterator[tuple[str, ...]]:
    """One row for each error of the tree that is drawn in the module's docstring."""
    for name, meaning in re.findall(r"── (\w+)[ ]*(.*)", errors.__doc__ or ""):
        kind: type[errors.InterpreterError] = getattr(errors, name)
        yield (
            f"`{kind.code}`",
            f"`{name}`",
            kind.phase,
            sentence(meaning) + ("." if meaning else ""),
        )


def table(header: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def http_table() -> str:
    """Every operation of the service."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        app = create_app(Settings(data_dir=home / "data", cache_dir=home / "cache"))
        rows = list(http_rows(app.openapi()))
        app.state.access.close()
    return table(("request", "what it does", "answers"), iter(rows))


def http_rows(document: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            statuses = (status for status in operation["responses"] if status < "400")
            meaning = operation["description"].partition("\n")[0]
            yield f"`{method.upper()} {path}`", meaning, ", ".join(sorted(statuses))


PARTS: dict[str, Callable[[], str]] = {
    "errors": errors_table,
    "http": http_table,
    "settings": settings_table,
}


def with_generated_parts(text: str) -> str:
    return re.sub(
        r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)",
        lambda match: f"{match[1]}{PARTS[match[2]]()}\n{match[3]}",
        text,
        flags=re.DOTALL,
    )


def outdated() -> dict[Path, str]:
    """Files whose generated parts differ, with the text they should have."""
    texts = {path: path.read_text("utf-8") for path in sorted(DOCS.glob("*.md"))}
    wanted = {path: with_generated_parts(text) for path, text in texts.items()}
    return {path: text for path, text in wanted.items() if text != texts[path]}


def main(arguments: Sequence[str]) -> int:
    changes = outdated()
    if arguments == ["--check"]:
        for path in changes:
            print(f"docs/{path.name} is out of date: make docs")
        return 1 if changes else 0
    for path, text in changes.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
