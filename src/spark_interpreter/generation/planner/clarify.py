"""Saying what is missing: refusals, questions back, choices."""

from __future__ import annotations

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import wording
from spark_interpreter.generation.planner.language.lexicon import find_phrases
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.assemble import assemble
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.model import NeedsInput

_GENERATOR = "planner"
_COMMAND_PLACE = 3
_REFUSALS = {
    "write": "Data can only be read here, never changed: no rows are added, altered or deleted.",
    "forecast": "These data say what was; what will be cannot be read from them.",
    "cause": "The data show what happened, not why.",
    "opinion": "Advice needs judgement that is not in the data.",
    "code": "Only questions about the given data can be answered.",
}


def refusal(request: GenerationRequest) -> NeedsInput | None:
    """A refusal for what no data could answer: changes, forecasts, causes, opinions."""
    tokens = tokenize(request.question)
    for phrase in find_phrases(tokens):
        words = {token.lemma for token in tokens[phrase.first : phrase.stop]}
        if phrase.category == "intent" and _meant(phrase.value, phrase.first, words, request):
            return NeedsInput(
                reason="unanswerable",
                message=_REFUSALS[phrase.value],
                suggestions=wording.suggestions(request.profiles),
                generator=_GENERATOR,
            )
    return None


def _meant(intent: str, first: int, words: set[str], request: GenerationRequest) -> bool:
    """Whether the phrase is the request itself.

    Commands come first ("delete ..."); a word that a column is called by is about the data.
    """
    named = {
        word
        for profile in request.profiles
        for column in profile.columns
        for word in linker_for(profile).words(column)
    }
    if words & named:
        return False
    return first <= _COMMAND_PLACE if intent in {"write", "code"} else True


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


def ambiguous(request: GenerationRequest, best: Candidate) -> NeedsInput | None:
    """A question back when words fit several columns equally well."""
    if not best.choices:
        return None
    choice = best.choices[0]
    names = " or ".join(column.name for column in choice.options)
    return NeedsInput(
        reason="ambiguous",
        message=f'"{choice.words}" can mean {names}. Which one is meant?',
        choices=choice.questions(request.question),
        suggestions=choice.questions(request.question)[:3],
        generator=_GENERATOR,
    )
