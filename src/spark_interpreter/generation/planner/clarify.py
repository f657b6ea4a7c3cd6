"""Saying what is missing: refusals, questions back, choices."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import wording
from spark_interpreter.generation.planner.house import house_of
from spark_interpreter.generation.planner.language.lexicon import find_phrases
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.content import has_content
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.generation.planner.views.beside import plan_of
from spark_interpreter.generation.planner.views.combined import chosen, unlike_types
from spark_interpreter.generation.planner.views.scope import not_joinable, unlinked
from spark_interpreter.model import NeedsInput, Reference, TableProfile

_GENERATOR = "planner"
_COMMAND_PLACE = 3
_NAMED = 0.7
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
    nameless = _nameless(request)
    missed = (best.not_understood if best else ()) or nameless
    unjoined = _unjoined(request)
    words = " or ".join(f'"{word}"' for word in missed)
    message = (
        f"These data give no meaning to {words}." if missed
        else "The question could not be understood well enough to answer it."
    )  # fmt: skip
    if unjoined and missed and not set(missed) & set(nameless):
        message = "The question needs several tables that have no way between them."
    message += unjoined
    broken = [problem for profile in request.profiles for problem in house_of(profile).problems]
    if broken:
        message += f" {broken[0][0].upper()}{broken[0][1:]}."
    closest = None
    if best is not None:
        closest = wording.reading(plan_of(best.frame, request.profiles), request.profiles)
    return NeedsInput(
        reason="unclear",
        message=message,
        not_understood=missed,
        closest=closest,
        suggestions=wording.suggestions(request.profiles),
        generator=_GENERATOR,
    )


def _unjoined(request: GenerationRequest) -> str:
    """Which of the tables cannot be put together and why, if that stands in the way."""
    if len(request.profiles) < 2:
        return ""
    if apart := unlinked(tokenize(request.question), request.profiles):
        tables = {profile.name: profile for profile in request.profiles}
        side_by_side = (
            f" Both refer to {apart.shared}: measures of each can stand side by side per row of it."
        )
        return (
            f" {apart.one} and {apart.other} cannot be joined: no column of one holds keys of the"
            " other, and no third table refers to both."
            f"{unlike_types(tables[apart.one], tables[apart.other])}"
            f"{side_by_side if apart.shared else ''}"
        )
    reason = not_joinable(
        request.question,
        request.profiles,
        today=request.today,
        find_values=request.find_values,
    )
    return f" {reason}" if reason else ""


def _nameless(request: GenerationRequest) -> tuple[str, ...]:
    """Words with content that no table has a column, a value or a name for."""
    tokens = tokenize(request.question)
    missed = {at for at, token in enumerate(tokens) if has_content(token)}
    for phrase in find_phrases(tokens):
        missed -= set(range(phrase.first, phrase.stop))
    for profile in request.profiles:
        linker = linker_for(profile)
        links = [link for link in linker.columns(tokens) if link.options[0].score >= _NAMED]
        spans = [(link.first, link.stop) for link in links]
        spans += [(first, stop) for first, stop, _ in linker.table(tokens)]
        spans += [(first, stop) for first, stop, _ in linker.values.spans(request.question, tokens)]
        missed -= {at for first, stop in spans for at in range(first, stop)}
    return tuple(tokens[at].text for at in sorted(missed))


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
        suggestions=wording.suggestions(request.profiles),
        generator=_GENERATOR,
    )


def by_which_key(request: GenerationRequest, keys: Sequence[Reference]) -> NeedsInput:
    """A question back when two tables belong together by one or another key equally well."""
    first = keys[0]
    names = ", or by ".join(" and ".join(each.key.columns) for each in keys)
    return NeedsInput(
        reason="ambiguous",
        message=f"Rows of {first.holder} and {first.key.table} can be matched by {names}. "
        "Which is meant?",
        choices=tuple(chosen(request.question, each) for each in keys),
        suggestions=wording.suggestions(request.profiles),
        generator=_GENERATOR,
    )


def by_which_table(
    request: GenerationRequest, found: Sequence[tuple[TableProfile, Candidate]]
) -> NeedsInput | None:
    """A question back when several tables link the same others, and nothing prefers one."""
    root, best = found[0]
    if not best.frame.view or best.frame.rows:
        return None
    names = dict.fromkeys(
        profile.name
        for profile, candidate in found
        if candidate.frame.view
        and math.isclose(candidate.score, best.score)
        and math.isclose(candidate.confidence, best.confidence)
        and set(candidate.tables) - {profile.name} == set(best.tables) - {root.name}
    )
    if len(names) < 2:
        return None
    return NeedsInput(
        reason="ambiguous",
        message=f"The answer can go by {' or by '.join(names)}. Which one is meant?",
        choices=tuple(f"{request.question.rstrip('?. ')} ({name})" for name in names),
        suggestions=wording.suggestions(request.profiles),
        generator=_GENERATOR,
    )
