"""The built-in generator: questions become plans by rule, plans become PySpark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import plan_tools, wording
from spark_interpreter.generation.planner.clarify import (
    ambiguous,
    by_which_key,
    by_which_table,
    refusal,
    unclear,
)
from spark_interpreter.generation.planner.defaults import with_defaults, without_inclusion
from spark_interpreter.generation.planner.followups import follow_up, last_frame
from spark_interpreter.generation.planner.house import house_of, worded
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate, parse
from spark_interpreter.generation.planner.plan import Column, Plan
from spark_interpreter.generation.planner.rendering import render
from spark_interpreter.generation.planner.views import combined, soundness
from spark_interpreter.generation.planner.views.absence import absences, so_many
from spark_interpreter.generation.planner.views.beside import beside, plan_of
from spark_interpreter.generation.planner.views.retrieval import MOST_TABLES, relevant
from spark_interpreter.generation.planner.views.scope import (
    by_key,
    joined_readings,
    mistaken,
    overlooked,
    table_mentions,
)
from spark_interpreter.generation.planner.wording.words import listed
from spark_interpreter.model import ChartHint, Draft, Generation, NeedsInput, TableProfile

NAME = "planner"
_MEMORY = "frame"
_SURE_AMONG_SEVERAL = 0.75
"""Among several tables a word finds a meaning somewhere more easily: more has to be explained."""


class Planner:
    """Understands questions without a model.

    Args:
        threshold: the confidence below which a question is asked back (0 to 1), normally
            `Settings.confidence_threshold`.
    """

    name = NAME

    def __init__(self, threshold: float = 0.5) -> None:
        self._threshold = threshold

    def generate(self, request: GenerationRequest) -> Generation:
        """A draft, or what is missing to make one. The same request always gives the same."""
        profiles = worded(request.profiles, request.glossary)
        request = request.model_copy(update={"profiles": profiles})
        if refused := refusal(request):
            return refused
        given = len(request.profiles)
        question, choice = combined.choice_in(request.question)
        request = _narrowed(request.model_copy(update={"question": question}))
        request, way = combined.resumed(request)
        found, request = self._answer(request, given)
        outcome = _remembering(found, way)
        if not (choice or _falls_short(outcome, request)):
            return outcome
        return self._linked(request, given, way, choice, outcome)

    def _linked(
        self,
        request: GenerationRequest,
        given: int,
        known: combined.Way,
        choice: str,
        without: Generation,
    ) -> Generation:
        """The answer over tables that belong together by several columns; else that without."""
        ways = combined.ways(request, choice)
        if not ways:
            return without
        found, _ = self._answer(combined.linked(request, ways[0]), given)
        if isinstance(found, NeedsInput):
            both = isinstance(without, NeedsInput) and found.reason == "ambiguous"
            return found if both else without
        if isinstance(without, Draft) and not set(found.tables) > set(without.tables):
            return without
        if len(ways) > 1 and combined.used(ways[0][:1], found.tables):
            return by_which_key(request, [way[0] for way in ways])
        return _remembering(found, (*known, *ways[0]))

    def _answer(
        self, request: GenerationRequest, given: int
    ) -> tuple[Generation, GenerationRequest]:
        """The answer over the tables as they are known to belong together, and these.

        Keys that only a sample suggests are given up where they repeat.
        """
        found = self._understood(request, given)
        tables = (
            found.tables
            if isinstance(found, Draft)
            else tuple(profile.name for profile in combined.spoken_of(request))
        )
        if broken := soundness.repeating(request, tables):
            again, request = self._answer(soundness.without(request, broken), given)
            return soundness.with_reason(again, broken), request
        if isinstance(found, Draft):
            found = soundness.with_doubts(found, request)
        return found, request

    def _understood(self, request: GenerationRequest, given: int) -> Generation:
        """What the surest reading comes to."""
        question, unfiltered, included = without_inclusion(request.question, request.profiles)
        request = request.model_copy(update={"question": question})
        found = self._candidates(request)
        if not found:
            return unclear(request, None)
        _, best = found[0]
        several = len(request.profiles) > 1
        if best.confidence < max(self._threshold, _SURE_AMONG_SEVERAL if several else 0.0):
            return unclear(request, best)
        if asked := ambiguous(request, best) or by_which_table(request, found):
            return asked
        frame = best.frame
        frame = frame.model_copy(
            update={
                "unfiltered": tuple(dict.fromkeys((*frame.unfiltered, *unfiltered))),
                "assumptions": (*frame.assumptions, *(f"{what} are included" for what in included)),
            }
        )
        return _draft(request, replace(best, frame=frame), given)

    def _candidates(self, request: GenerationRequest) -> list[tuple[TableProfile, Candidate]]:
        """Readings over every table and over what the tables say together, the best first."""
        before = last_frame(request)
        if before is not None and not request.question:
            root = next(p for p in request.profiles if p.name == before.table)
            return [(root, Candidate(before, 1.0, 0.0, (), ()))]
        found = _readings(request, request.question)
        found += beside(
            request.question,
            request.profiles,
            found[0][1] if found else None,
            lambda part: _readings(request, part),
        )
        if before is not None:
            found += follow_up(request, before)
        return sorted(found, key=lambda entry: -entry[1].score)


def _falls_short(found: Generation, request: GenerationRequest) -> bool:
    """Whether something of the question is left that other tables may have."""
    if isinstance(found, Draft):
        return combined.overlooks(request, found.tables)
    return found.reason == "unclear"


def _remembering(found: Generation, way: combined.Way) -> Generation:
    """The draft with the keys of several columns that its joins go by."""
    if not isinstance(found, Draft):
        return found
    keys = [key.model_dump(mode="json") for key in combined.used(way, found.tables)]
    state = {**found.state, combined.MEMORY: keys} if keys else found.state
    return found.model_copy(update={"state": state})


def _narrowed(request: GenerationRequest) -> GenerationRequest:
    """The request with the tables that its question, or the answer before, may be about."""
    kept = {profile.name for profile in relevant(request.question, request.profiles)}
    for turn in request.history[-1:]:
        kept |= set(turn.outcome.tables) if isinstance(turn.outcome, Draft) else set()
    profiles = tuple(profile for profile in request.profiles if profile.name in kept)
    return request.model_copy(update={"profiles": profiles})


def _readings(request: GenerationRequest, question: str) -> list[tuple[TableProfile, Candidate]]:
    """Readings of a question that has nothing to do with those before, the best first."""
    found = [
        (profile, candidate)
        for profile in request.profiles
        for candidate in parse(
            question, profile, today=request.today, find_values=request.find_values
        )
    ]
    if len(request.profiles) > 1:
        found = _together(request.model_copy(update={"question": question}), found)
    return sorted(found, key=lambda entry: -entry[1].score)


def _together(
    request: GenerationRequest, single: Sequence[tuple[TableProfile, Candidate]]
) -> list[tuple[TableProfile, Candidate]]:
    """Readings over single tables and over several; each has to use the tables that are named."""
    tokens = tokenize(request.question)
    mentions = table_mentions(tokens, request.profiles)
    found = [
        (profile, by_key(candidate, profile, request.profiles)) for profile, candidate in single
    ]
    for readings in (joined_readings, absences, so_many):
        found += readings(
            request.question,
            request.profiles,
            today=request.today,
            find_values=request.find_values,
        )
    return [
        (
            profile,
            overlooked(mistaken(candidate, tokens, request.profiles), profile, tokens, mentions),
        )
        for profile, candidate in found
    ]


def _draft(request: GenerationRequest, best: Candidate, given: int) -> Draft:
    """The draft of a reading; `given` is how many tables there were to choose from."""
    asked = plan_of(best.frame, request.profiles)
    plan = with_defaults(asked, best.frame, request.profiles)
    tables = plan_tools.tables(plan)
    chosen = (f"used {listed(tables)}, of {given} tables",) if given > MOST_TABLES else ()
    return Draft(
        analysis=render(plan, request.profiles),
        title=wording.title(asked, request.profiles),
        reading=wording.reading(plan, request.profiles),
        explanation=wording.explanation(plan, request.profiles),
        assumptions=(*plan.assumptions, *_of_glossary(asked, tables, request.profiles), *chosen),
        suggestions=wording.suggestions(request.profiles, near=request.question),
        tables=tables,
        ordered=plan.ordered,
        chart=_chart(best.frame, plan, request.profiles),
        confidence=round(best.confidence, 3),
        generator=NAME,
        state={_MEMORY: best.frame.model_dump(mode="json")},
    )


def _of_glossary(
    plan: Plan, tables: Sequence[str], profiles: Sequence[TableProfile]
) -> Iterator[str]:
    """Units of the columns in use, and entries for these tables that cannot be used."""
    used = {column.name for column in plan_tools.find(plan.relation, Column)}
    for profile in profiles:
        if profile.name in tables:
            house = house_of(profile)
            yield from (f"{n} in {unit} (glossary)" for n, unit in house.units.items() if n in used)
            yield from house.problems


def _chart(frame: Frame, plan: Plan, profiles: Sequence[TableProfile]) -> ChartHint | None:
    """The chart that fits, of the kind that was asked for if one was."""
    return wording.chart_hint(plan, profiles, None if frame.chart == "any" else frame.chart)
