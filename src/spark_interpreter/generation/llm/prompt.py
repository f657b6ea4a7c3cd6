"""The prompt: the same inputs always give the same bytes, and what changes least stands first.

1. the task and its rules, the same for every question;
2. the tables and the glossary, the same for every question of these data;
3. verified examples, the conversation, the planner's draft, the question;
4. what was tried and why it did not work.

Providers that can, keep 1 and 2 in their cache. What comes from the data stands between two lines
with the digest of what is between them, so that no value can end the block: it would have to hold
its own digest. Every value is JSON, so that none can begin a line either.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from spark_interpreter.generation.base import GenerationRequest, PastTurn
from spark_interpreter.generation.llm.rules import SYSTEM
from spark_interpreter.model import (
    Attempt,
    ColumnProfile,
    Draft,
    Example,
    Glossary,
    NeedsInput,
    TableProfile,
)

MAX_COLUMNS = 200
"""Columns of a table that are described; of further ones only the names are given."""

MAX_VALUES = 6
MAX_ALL_VALUES = 20
MAX_TEXT = 60
MAX_HISTORY = 6
MAX_EXAMPLES = 4
MAX_ERROR = 600


@dataclass(frozen=True)
class Prompt:
    """Texts in the order they are sent."""

    system: str
    data: str
    task: str

    @property
    def tokens(self) -> int:
        """An estimate: four bytes a token."""
        return -(-len(f"{self.system}{self.data}{self.task}".encode()) // 4)


def make_prompt(request: GenerationRequest) -> Prompt:
    """The prompt for a question."""
    return Prompt(
        system=SYSTEM,
        data=enclosed((*_tables(request.profiles), *_glossary(request.glossary))),
        task="\n\n".join(_task(request)),
    )


def enclosed(lines: Iterable[str]) -> str:
    """Lines of untrusted text between two lines that nothing in it can imitate."""
    body = "\n".join(lines)
    mark = f"«data {sha256(body.encode()).hexdigest()[:24]}»"
    return f"{mark}\n{body}\n{mark}"


def as_json(value: Any) -> str:
    """JSON on one line, with every control character and line separator escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


# --- data -------------------------------------------------------------------------------------


def _tables(profiles: Sequence[TableProfile]) -> Iterable[str]:
    for profile in profiles:
        about: dict[str, Any] = {"table": profile.name, "label": _short(profile.label)}
        if profile.row_count is not None:
            about["rows"] = profile.row_count
        if profile.primary_key:
            about["key"] = list(profile.primary_key)
        if profile.foreign_keys:
            about["joins"] = [
                f"{','.join(k.columns)} -> {k.table}.{','.join(k.references)}"
                for k in profile.foreign_keys
            ]
        yield as_json(about)
        for column in profile.columns[:MAX_COLUMNS]:
            yield as_json(_column(column))
        if more := profile.columns[MAX_COLUMNS:]:
            yield as_json({"further columns": {c.name: c.type for c in more}})


def _column(column: ColumnProfile) -> dict[str, Any]:
    about: dict[str, Any] = {"column": column.name, "type": column.type}
    if column.header not in {column.name, ""}:
        about["header"] = _short(column.header)
    if column.comment:
        about["comment"] = _short(column.comment, 200)
    if column.null_count:
        about["nulls in sample"] = column.null_count
    if column.unique:
        about["unique"] = True
    if column.numeric or column.temporal:
        if column.minimum is not None:
            about["range"] = [_short(column.minimum), _short(column.maximum)]
    elif column.top_values:
        complete = column.values_complete and len(column.top_values) <= MAX_ALL_VALUES
        shown = column.top_values[: MAX_ALL_VALUES if complete else MAX_VALUES]
        about["all values" if complete else "values"] = [_short(v.value) for v in shown]
    return about


def _short(value: Any, limit: int = MAX_TEXT) -> Any:
    if not isinstance(value, str) or len(value) <= limit:
        return value
    return f"{value[: limit - 1]}…"


def _glossary(glossary: Glossary) -> Iterable[str]:
    for name in ("terms", "metrics", "filters"):
        for entry in getattr(glossary, name):
            yield as_json({name.removesuffix("s"): entry.model_dump(exclude_defaults=True)})


# --- task -------------------------------------------------------------------------------------


def _task(request: GenerationRequest) -> Iterable[str]:
    if request.examples:
        yield "Verified examples over these tables:\n" + "\n".join(
            map(_example, request.examples[:MAX_EXAMPLES])
        )
    if request.history:
        yield "The conversation so far, oldest first; the question may refine it:\n" + enclosed(
            map(_past, request.history[-MAX_HISTORY:])
        )
    if isinstance(request.planned, Draft):
        draft = {"reading": request.planned.reading, "analysis": request.planned.analysis}
        yield (
            "A draft by rule, which may be wrong or miss a part of the question:\n"
            + enclosed([as_json(draft)])
        )
    yield f"Today is {request.today.isoformat()}."
    yield f"The question: {as_json(request.question)}"
    if request.attempts:
        yield "\n\n".join(map(_attempt, request.attempts))
        yield "Mend the analysis, or answer it another way. Do not repeat what did not work."


def _example(example: Example) -> str:
    about = {"question": example.question, "analysis": example.analysis}
    return enclosed([as_json(about)])


def _past(turn: PastTurn) -> str:
    said: dict[str, Any] = {"question": turn.question}
    if isinstance(turn.outcome, NeedsInput):
        said["answered"] = _short(turn.outcome.message, 300)
    else:
        said["understood as"] = _short(turn.outcome.reading, 300)
        said["analysis"] = _short(turn.outcome.analysis, 1500)
    return as_json(said)


def _attempt(attempt: Attempt) -> str:
    lines = [as_json({"error": _short(attempt.error.message, MAX_ERROR)})]
    if attempt.error.remedy:
        lines.append(as_json({"hint": _short(attempt.error.remedy, MAX_ERROR)}))
    if attempt.code:
        lines.append(as_json({"at": attempt.code}))
    lines += [
        as_json({"also": finding.message, "hint": finding.suggestion})
        for finding in attempt.findings[1:6]
    ]
    if attempt.draft is None:
        return f"Your answer could not be read:\n{enclosed(lines)}"
    wrote = as_json({"analysis": attempt.draft.analysis})
    return f"You wrote\n{wrote}\nand it does not work:\n{enclosed(lines)}"
