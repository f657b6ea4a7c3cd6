"""What the model is asked to return, and reading it however it comes."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from spark_interpreter.errors import ModelUnreadable
from spark_interpreter.model import Model
from spark_interpreter.model.draft import ChartKind

TOOL = "answer"
MAX_ANALYSIS = 40_000
"""Characters of an analysis; longer ones are no answer to a question."""

_FENCE = re.compile(r"```[ \t]*([\w+-]*)[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
_CODE = frozenset({"", "py", "python", "python3", "pyspark"})
_RESULT = re.compile(r"^\s*result\s*(:[^=]+)?=", re.MULTILINE)
_SHOWN = 200


class ModelReply(Model):
    """A script, a question back, or a refusal."""

    kind: Literal["script", "clarify", "refuse"] = "script"
    analysis: str = Field(default="", max_length=MAX_ANALYSIS)
    tables: tuple[str, ...] = ()
    title: str = Field(default="", max_length=200)
    reading: str = Field(default="", max_length=1000)
    assumptions: tuple[str, ...] = Field(default=(), max_length=20)
    explanation: str = Field(default="", max_length=2000)
    ordered: bool = False
    chart: ChartKind | None = None
    chart_x: str | None = None
    chart_y: tuple[str, ...] = ()
    chart_color: str | None = None
    confidence: float = Field(default=0.8, ge=0, le=1)
    message: str = Field(default="", max_length=1000)
    suggestions: tuple[str, ...] = Field(default=(), max_length=8)

    @field_validator("assumptions", "tables", "chart_y", "suggestions", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Small models write one text where a list is asked for, and null for an empty one."""
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else value

    @field_validator("title", "reading", "explanation", "message", "analysis", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return "" if value is None else value


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _texts(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": description}


TOOL_SPEC: dict[str, Any] = {
    "name": TOOL,
    "description": "Hands over the script, a clarifying question, or a refusal. Call it once.",
    "inputSchema": {
        "json": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": ["script", "clarify", "refuse"]},
                "analysis": _text("script: the PySpark code; it assigns `result`"),
                "tables": _texts("script: names of the tables it uses"),
                "title": _text("script: a headline for the answer"),
                "reading": _text("script: one sentence that says how the question is understood"),
                "assumptions": _texts("script: what was taken for granted"),
                "explanation": _text("script: how the answer is computed, in two sentences"),
                "ordered": {"type": "boolean", "description": "the order of the rows matters"},
                "chart": {
                    "type": "string",
                    "enum": [
                        "bar", "grouped_bar", "stacked_bar", "line", "area", "scatter",
                        "histogram", "box", "heatmap", "pie", "none",
                    ],
                },
                "chart_x": _text("column of the result"),
                "chart_y": _texts("columns of the result"),
                "chart_color": _text("column of the result"),
                "confidence": {"type": "number", "description": "0 to 1"},
                "message": _text("clarify, refuse: one or two sentences for the person"),
                "suggestions": _texts("complete questions that these tables can answer"),
            },
            "required": ["kind"],
        }
    },
}  # fmt: skip


def read_reply(text: str, arguments: str | None) -> ModelReply:
    """The reply in a tool call's arguments, in JSON among words, or in a fence.

    Args:
        text: what the model said besides.
        arguments: of its tool call, as it sent them; None if it called none.

    Raises:
        ModelUnreadable: there is none; the message says what is wrong, for the model to mend.
    """
    problem = "the answer was empty"
    for candidate in _candidates(text, arguments):
        try:
            return _checked(candidate)
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(map(str, first["loc"]))
            problem = f"{where}: {first['msg']}" if where else str(first["msg"])
        except ValueError as exc:
            problem = str(exc)
    if text.strip() and arguments is None:
        problem = f"it was no call of `{TOOL}`: “{_shortened(text)}”"
    raise ModelUnreadable(
        f"Nothing could be made of what the model said ({problem}).",
        remedy="Ask again, in other words, or choose a model that can call tools.",
    )


def _candidates(text: str, arguments: str | None) -> Iterator[Any]:
    if arguments is not None:
        yield _parsed(arguments)
    fences = [(kind.casefold(), body) for kind, body in _FENCE.findall(text)]
    for kind, body in fences:
        if kind in {"json", ""} and body.lstrip().startswith("{"):
            yield _parsed(body)
    if "{" in text and not fences:
        yield _parsed(text)
    code = [body for kind, body in fences if kind in _CODE and _RESULT.search(body)]
    if code:
        prose = _FENCE.sub("", text).strip()
        yield {"kind": "script", "analysis": code[-1], "explanation": prose[:2000]}


def _parsed(text: str) -> Any:
    """The first JSON object in a text; itself if there is none, to be told what is wrong."""
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
        except ValueError:
            start = text.find("{", start + 1)
            continue
        if isinstance(found, dict):
            # Some models wrap the arguments of the call into the call itself.
            for key in ("arguments", "input", "parameters"):
                if isinstance(found.get(key), dict) and "kind" not in found:
                    return found[key]
            return found
    return text


def _checked(candidate: Any) -> ModelReply:
    if not isinstance(candidate, dict):
        raise ValueError("it was no complete JSON object")  # noqa: TRY004  the model's mistake
    known = {name: value for name, value in candidate.items() if name in ModelReply.model_fields}
    if not known:
        raise ValueError("it had none of the fields asked for")
    reply = ModelReply.model_validate(known)
    if reply.kind == "script" and not reply.analysis.strip():
        raise ValueError("there was no analysis in it")
    if reply.kind != "script" and not reply.message.strip():
        raise ValueError("there was no message in it")
    fenced = _FENCE.search(reply.analysis)
    if fenced:
        reply = reply.model_copy(update={"analysis": fenced[2]})
    return reply


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
