"""Follow-ups: questions that change the one before."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.language.tokens import tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate, explained
from spark_interpreter.generation.planner.parsing.reader import (
    Slots,
    collect,
    frame_of,
    known_keys,
    take_flags,
)
from spark_interpreter.generation.planner.parsing.rules import reduce_items
from spark_interpreter.generation.planner.parsing.rules.measures import SIMPLE, measure
from spark_interpreter.generation.planner.parsing.rules.ordering import Cut
from spark_interpreter.generation.planner.parsing.scan import readings
from spark_interpreter.generation.planner.parsing.times import anchor_of
from spark_interpreter.generation.planner.parsing.trees import columns_of, is_aggregate
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    IsNull,
    Named,
    Not,
    Predicate,
    SortKey,
)
from spark_interpreter.generation.planner.views import view_of
from spark_interpreter.generation.planner.views.beside import parts_of, plan_of
from spark_interpreter.generation.planner.views.linker import view_linker
from spark_interpreter.generation.planner.views.resolve import NotJoinable
from spark_interpreter.model import Draft, TableProfile

_READINGS = 4
_BONUS = 6.0
"""A reading as a follow-up wins over a fresh one, once there is reason to think it is one."""

_CUES = re.compile(
    r"^(and|but|now|ok|okay|then|also|so)\b[ ,]*"
    r"|^(what|how) about\b"
    r"|\b(only|just|instead|rather|again|now|please|too|the same|same|this time|as well)\b"
    r"|\b(it|that|them|those|these|this|the results?|the previous (one|result|answer))\b"
    r"(?! \w+ing\b)",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"^and (also )?(by|per)\b|^(and )?(also|add|plus|include)\b|\b(too|as well|in addition|also)\b",
    re.IGNORECASE,
)
_STALE = re.compile(r" summed up for each |left out of the ranking$")
_OF_MEASURES = re.compile(r" = | summed up\b")
_CLEARING = re.compile(
    r"\b(remove|clear|drop|without|undo)\b.*\b(filters?|conditions?|restrictions?)\b|^undo\b",
    re.IGNORECASE,
)


def last_frame(request: GenerationRequest) -> Frame | None:
    """The frame of the latest answered turn whose table is still there."""
    tables = {profile.name for profile in request.profiles}
    for turn in reversed(request.history):
        if isinstance(turn.outcome, Draft) and "frame" in turn.outcome.state:
            frame = Frame.model_validate(turn.outcome.state["frame"])
            used = {frame.table, *(other.table for other in frame.beside)}
            return frame if used <= tables else None
    return None


def follow_up(request: GenerationRequest, before: Frame) -> list[tuple[TableProfile, Candidate]]:
    """Readings of the question as a change of the frame before, best first."""
    if before.beside:
        return _of_each_side(request, before)
    profile = next(p for p in request.profiles if p.name == before.table)
    view = view_of(profile, request.profiles) if before.view else None
    linker = view_linker(view) if view is not None else linker_for(profile)
    if _CLEARING.search(request.question):
        cleared = before.model_copy(update={"filters": (), "having": ()})
        return [(profile, Candidate(cleared, 1.0, _BONUS, (), ()))]
    text = " ".join(_CUES.sub(" ", request.question).split())
    cued = text != " ".join(request.question.split())
    tokens = tokenize(text)
    anchor, anchor_column = anchor_of(linker, request.today)
    context = Context(linker, request.find_values, anchor, anchor_column)
    found: list[tuple[TableProfile, Candidate]] = []
    for lexical, items in readings(text, tokens, context, limit=_READINGS):
        context.choices = []
        reduced = reduce_items(items, context)
        said = collect(reduced, context)
        if not cued and _stands_alone(said):
            if found:
                continue
            return []
        frame = _revised(before, said, context, adding=bool(_ADDING.search(request.question)))
        if frame is None:
            continue
        sure, missed = explained(reduced, said, tokens, context)
        score = lexical + 3 * math.log(max(sure, 1e-6)) + _BONUS
        found.append((profile, Candidate(frame, sure, score, missed, tuple(context.choices))))
    return sorted(found, key=lambda entry: -entry[1].score)


def _of_each_side(
    request: GenerationRequest, before: Frame
) -> list[tuple[TableProfile, Candidate]]:
    """The same change of every table's measures; unclear where one of them cannot be changed so."""
    frames = parts_of(before)
    parts = [part for frame in frames for part in follow_up(request, frame)[:1]]
    if len(parts) == len(frames):
        profile, first = parts[0]
        others = tuple(candidate.frame for _, candidate in parts[1:])
        frame = first.frame.model_copy(update={"beside": others})
        if [each.measures for each in parts_of(frame)] == [each.measures for each in frames]:
            kept = {"quotient": before.quotient, "order": before.order, "limit": before.limit}
            frame = frame.model_copy(update=kept)
        with suppress(NotJoinable):
            plan_of(frame, request.profiles)
            sure = min(candidate.confidence for _, candidate in parts)
            score = min(candidate.score for _, candidate in parts)
            return [(profile, replace(first, frame=frame, confidence=sure, score=score))]
    if not _CUES.search(request.question):
        return []
    profile = next(p for p in request.profiles if p.name == before.table)
    return [(profile, Candidate(before, 0.0, 2 * _BONUS, (), ()))]


def _stands_alone(said: Slots) -> bool:
    """Whether the words say what is wanted, not only which part or form of it."""
    return bool(said.measures or said.columns or said.quantities or said.rows or said.report)


def _revised(before: Frame, said: Slots, context: Context, *, adding: bool) -> Frame | None:
    """The frame before with what was said in place of what it replaces; None if nothing was."""
    if said.report:
        return frame_of(said, context)
    slots = _slots_of(before)
    take_flags(said, context)
    _take_operators(said, before, context)
    slots.leftover = said.leftover
    slots.filters = _merged_filters(before.filters, said.filters)
    slots.having += said.having
    _revise_shape(slots, said, before, context, adding=adding)
    _revise_order(slots, said, before)
    if said.measures and not adding:
        slots.notes = [note for note in slots.notes if not _OF_MEASURES.search(note)]
    if slots.keys != list(before.keys):
        _revise_keys(slots, before, context)
    slots.notes += [note for note in said.notes if note not in slots.notes]
    chart = said.chart or before.chart
    frame = frame_of(slots, context)
    if frame is None:
        return None
    frame = frame.model_copy(
        update={
            "chart": chart,
            "per": before.per,
            "view": before.view,
            "rows": before.rows,
            "unfiltered": before.unfiltered,
        }
    )
    return frame if frame != before or said.chart else None


def _slots_of(before: Frame) -> Slots:
    slots = Slots(
        columns=list(before.columns),
        measures=list(before.measures),
        having=list(before.having),
        order=list(before.order),
        keys=list(before.keys),
        notes=list(before.assumptions),
        limit=before.limit,
        distinct=before.distinct,
        rows=True,
        change=before.change,
    )
    slots.pivoted, slots.pivot = before.pivot is not None, before.pivot
    return slots


def _merged_filters(before: tuple[Predicate, ...], said: list[Predicate]) -> list[Predicate]:
    """A new condition replaces the ones about the same columns."""
    changed = [set(columns_of(predicate)) for predicate in said]
    kept = [p for p in before if not any(set(columns_of(p)) & columns for columns in changed)]
    return [*kept, *said]


def _revise_shape(
    slots: Slots, said: Slots, before: Frame, context: Context, *, adding: bool
) -> None:
    """Groups, measures and columns that were said replace those before, or join them."""
    groups = [*said.keys, *said.by]
    if groups and _replaces_measure(before, groups, context):
        said.measures = [*said.measures, *_measured(before, groups, context)]
        groups = []
    if groups:
        if not before.aggregates:
            slots.columns = []
        slots.keys = [*slots.keys, *groups] if adding else groups
        slots.change = None if _needs_time(before) else slots.change
    named = [*said.columns, *said.quantities]
    if said.measures:
        slots.measures = [*slots.measures, *said.measures] if adding else list(said.measures)
        slots.columns = []
    elif named and before.aggregates and not groups:
        slots.keys = [*slots.keys, *named] if adding else named
    elif named:
        slots.columns = [*slots.columns, *named] if adding else named
    if _needs_sums(slots) and not said.change:
        slots.change = None
    if said.change or said.compared or said.trend or said.pivoted:
        slots.change = said.change or slots.change
        slots.unit, slots.compared, slots.trend = said.unit, said.compared, said.trend
        slots.pivoted = slots.pivoted or said.pivoted
        slots.pivot = said.pivot or slots.pivot


def _take_operators(said: Slots, before: Frame, context: Context) -> None:
    """As in "median instead", "which is highest?": said of the measure before."""
    measured = before.measures[0].value if before.measures else None
    if not isinstance(measured, Aggregated):
        return
    for item in list(said.leftover):
        if item.kind == "AGG" and item.text in SIMPLE and measured.value is not None:
            column = next(
                (c for n in columns_of(measured) if (c := context.known(n)) is not None), None
            )
            if column is None or measured.value != context.expression(column):
                continue
            said.measures.append(measure(item.text, column, context))
            said.leftover.remove(item)
        elif item.kind == "EXT" and before.keys:
            said.cuts.append(Cut(measured, item.text == "most"))
            said.leftover.remove(item)


def _revise_keys(slots: Slots, before: Frame, context: Context) -> None:
    """Other groups: what was said and left out for the groups before no longer holds."""
    known = [Not(part=IsNull(value=key.value)) for key in before.keys]
    slots.filters = [p for p in slots.filters if p not in known]
    slots.notes = [note for note in slots.notes if not _STALE.search(note)]
    if slots.limit is not None and slots.order:
        slots.filters += known_keys(slots.keys, slots, context)


def _needs_sums(slots: Slots) -> bool:
    """Whether there is a share of something that does not add up to a whole."""
    if slots.change is None or slots.change.kind != "share":
        return False
    values = [measure.value for measure in slots.measures]
    return any(isinstance(v, Aggregated) and v.function not in {"sum", "count"} for v in values)


def _replaces_measure(before: Frame, named: Sequence[Named], context: Context) -> bool:
    """As in "by quantity instead" of a ranking: another number to rank by."""
    columns = [context.known(n.name) for n in named]
    ranked = before.limit is not None and bool(before.order)
    return ranked and all(c is not None and context.measurable(c) for c in columns)


def _measured(before: Frame, named: Sequence[Named], context: Context) -> list[Named]:
    """The columns under the aggregate of the frame before."""
    last = before.measures[0].value if before.measures else None
    function = last.function if isinstance(last, Aggregated) else "sum"
    columns = [context.known(n.name) for n in named]
    chosen = "sum" if function == "count" else function
    return [measure(chosen, c, context) for c in columns if c is not None]


def _needs_time(before: Frame) -> bool:
    return before.change is not None and before.change.kind != "share"


def _revise_order(slots: Slots, said: Slots, before: Frame) -> None:
    """The order that was said, else the one before as far as it still makes sense."""
    shown = {name for named in slots.keys for name in columns_of(named.value)}
    if said.order or said.direction:
        slots.order, slots.direction = list(said.order), said.direction
    elif said.measures and any(is_aggregate(key.value) for key in before.order):
        slots.order = [
            SortKey(value=slots.measures[0].value, descending=before.order[0].descending)
        ]
    elif before.aggregates:
        slots.order = [
            key
            for key in before.order
            if is_aggregate(key.value) or set(columns_of(key.value)) <= shown
        ]
    if said.limit is not None:
        slots.limit = said.limit
    for cut in said.cuts:
        slots.limit = cut.number
        if cut.value is not None:
            slots.order = [SortKey(value=cut.value, descending=cut.descending)]
        elif slots.order:
            flipped = slots.order[0].model_copy(update={"descending": cut.descending})
            slots.order = [flipped, *slots.order[1:]]
        elif slots.measures:
            slots.order = [SortKey(value=slots.measures[0].value, descending=cut.descending)]
