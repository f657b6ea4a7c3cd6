"""Saying what is missing: refusals, questions back, choices."""

from __future__ import annotations

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import wording
from spark_interpreter.generation.planner.language.lexicon import find_phrases
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.parsing.assemble import assemble
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.model import NeedsInput, TableProfile

_GENERATOR = "planner"
_REFUSALS = {
    "write": "Data can only be read here, never changed: no rows are added, altered or deleted.",
    "forecast": "These data say what was; what will be cannot be read from them.",
    "cause": "The data show what happened, not why.",
    "opinion": "Advice needs judgement that is not in the data.",
    "code": "Only questions about the given data can be answered.",
}


def refusal(request: GenerationRequest) -> NeedsInput | None:
    """A refusal for what no data could answer: changes, forecasts, causes, opinions."""
    for phrase in find_phrases(tokenize(request.question)):
        if phrase.category == "intent" and _meant(phrase.value, phrase.first, request):
            return NeedsInput(
                reason="unanswerable",
                message=_REFUSALS[phrase.value],
                suggestions=wording.suggestions(request.profiles),
                generator=_GENERATOR,
            )
    return None


def _meant(intent: str, first: int, request: GenerationRequest) -> bool:
    """Whether the phrase is the request itself; commands come first, "expected" may be data."""
    del request
    return first <= 3 if intent in {"write", "code"} else True


def unclear(request: GenerationRequest, best: Candidate | None) -> NeedsInput:
    """Too much of the question has no meaning in these data."""
    missed = best.not_understood if best else ()
    words = ", ".join(f'"{word}"' for word in missed)
    message = (
        f"These data have nothing that {words} names." if missed
        else "The question could not be understood well enough to answer it."
    )  # fmt: skip
    closest = None
    if best is not None:
        profile = next(p for p in request.profiles if p.name == best.frame.table)
        closest = wording.reading(assemble(best.frame, profile), request.profiles)
    return NeedsInput(
        reason="unclear",
        message=message,
        not_understood=missed,
        closest=closest,
        suggestions=wording.suggestions(request.profiles),
        generator=_GENERATOR,
    )


def ambiguous(
    request: GenerationRequest, profile: TableProfile, best: Candidate
) -> NeedsInput | None:
    """A choice between columns that fit equally well."""
    return None
