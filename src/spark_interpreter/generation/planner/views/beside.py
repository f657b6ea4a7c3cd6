"""Measures of several tables together: "revenue and number of tickets per region", "revenue per
visit by town".

A join would repeat the rows of one table for every row of the other, so each table is grouped by
itself, and the groups are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.parsing.assemble import completed, natural_order
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.generation.planner.parsing.trees import unique_name
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Arithmetic,
    Column,
    Derive,
    Extract,
    Filter,
    IsNull,
    Limit,
    Named,
    Not,
    Plan,
    Predicate,
    Relation,
    Scan,
    SideBySide,
    Sort,
    SortKey,
    Truncate,
)
from spark_interpreter.generation.planner.views import scope
from spark_interpreter.generation.planner.views.resolve import NotJoinable
from spark_interpreter.generation.planner.views.splits import Split, splits
from spark_interpreter.generation.planner.views.view import view_of
from spark_interpreter.generation.planner.wording.words import listed
from spark_interpreter.model import TableProfile

Reading = tuple[TableProfile, Candidate]

_SURE = 0.8
_WORTH = 1.0
"""What a reading gains that has a use for both halves, where the best other leaves one out."""


def beside(
    question: str,
    profiles: Sequence[TableProfile],
    best: Candidate | None,
    read: Callable[[str], Sequence[Reading]],
) -> Iterator[Reading]:
    """Readings of the parts of a question, each over tables of its own.

    Args:
        best: the best reading of the question as a whole; it goes first if it says as much.
        read: the readings of a question, the best first.
    """
    read = cache(read)
    for split in splits(question, profiles):
        parts = list(
            takewhile(_is_measured, (reading for part in split.parts for reading in read(part)[:1]))
        )
        if len(parts) < len(split.parts) or _said_at_once(split, parts, profiles, best):
            continue
        frame = _together(split, [candidate.frame for _, candidate in parts])
        candidates = [candidate for _, candidate in parts]
        try:
            plan = plan_of(frame, profiles)
        except NotJoinable:
            continue
        least = min(candidate.score for candidate in candidates)
        yield (
            parts[0][0],
            replace(
                candidates[0],
                frame=frame,
                confidence=min(candidate.confidence for candidate in candidates),
                score=max(least, best.score if best is not None else least) + _WORTH,
                tables=plan_tools.tables(plan.relation),
            ),
        )


def _together(split: Split, frames: Sequence[Frame]) -> Frame:
    """The frames of the parts as one."""
    frame = frames[0].model_copy(update={"beside": tuple(frames[1:])})
    if not split.divided:
        return frame
    frame = frame.model_copy(update={"quotient": split.called})
    if split.ranking is None:
        return frame
    order = SortKey(value=Column(name=split.called), descending=split.ranking.descending)
    return frame.model_copy(update={"order": (order,), "limit": split.ranking.number})


def plan_of(frame: Frame, profiles: Sequence[TableProfile]) -> Plan:
    """The plan of a frame, together with those beside it.

    Raises:
        NotJoinable: the measures cannot be put side by side.
    """
    frames = parts_of(frame)
    plans = [scope.plan_of(each, profiles) for each in frames]
    if len(plans) == 1:
        return plans[0]
    first, *others = (_groups(plan.relation) for plan in plans)
    parts = [first, *(_aligned(other, first, frames, profiles) for other in others)]
    parts = _distinctly_measured(parts, [each.table for each in frames])
    notes = dict.fromkeys(note for plan in plans for note in plan.assumptions)
    relation, how = _put_together(parts, frames)
    measures = [named for part in parts for named in part.measures]
    if frame.quotient is not None and not all(map(_adds_up, measures)):
        raise NotJoinable("Only totals and numbers of rows can be divided.")
    if frame.quotient is not None:
        relation, shown = _divided(relation, frame.quotient, measures)
        measures = [shown]
    keys = parts[0].keys
    if frame.limit is not None:
        named = [Not(part=IsNull(value=Column(name=key.name))) for key in keys]
        relation = _kept(relation, plan_tools.conjunction(named))
    order = completed(frame.order or natural_order(keys, measures), keys)
    if order:
        relation = Sort(input=relation, keys=order)
    if frame.limit is not None:
        relation = Limit(input=relation, count=frame.limit)
    return Plan(relation=relation, assumptions=(*notes, *how), ordered=bool(order))


def _adds_up(measure: Named) -> bool:
    """Whether a measure of all rows is that of their parts together, as a mean's is not."""
    parts = list(plan_tools.find(measure.value, Aggregated))
    return len(parts) == 1 and parts[0].function in {"sum", "count"}


def _kept(relation: Relation, predicate: Predicate | None) -> Relation:
    return relation if predicate is None else Filter(input=relation, predicate=predicate)


def parts_of(frame: Frame) -> tuple[Frame, ...]:
    """The frames that are put together, each as it would be by itself."""
    if not frame.beside:
        return (frame,)
    alone = {"beside": (), "quotient": None, "order": (), "limit": None}
    return (frame.model_copy(update=alone), *frame.beside)


def _put_together(
    parts: Sequence[Aggregate], frames: Sequence[Frame]
) -> tuple[Relation, tuple[str, ...]]:
    """The groups of all parts, and what has to be said about it; equal groups are made once."""
    first = parts[0]
    if all((part.input, part.keys) == (first.input, first.keys) for part in parts):
        measures = tuple(measure for part in parts for measure in part.measures)
        return first.model_copy(update={"measures": measures}), ()
    tables = listed([*dict.fromkeys(each.table for each in frames)])
    grouped = f"{tables} are grouped by themselves first, so no row counts twice"
    note = grouped if first.keys else f"{tables} are measured by themselves"
    return SideBySide(parts=tuple(parts)), (note,)


def _divided(relation: Relation, called: str, measures: Sequence[Named]) -> tuple[Relation, Named]:
    """The groups with the first of two measures over the second; null where that is 0."""
    if len(measures) != 2:
        raise NotJoinable("A quotient needs one measure to divide and one to divide by.")
    over, under = (Column(name=measure.name) for measure in measures)
    shown = plan_tools.named(called, Arithmetic(op="/", left=over, right=under))
    return Derive(input=relation, columns=(shown,)), shown


def _is_measured(reading: Reading) -> bool:
    """Whether a reading is sure, and has measures in groups and nothing after them."""
    _, candidate = reading
    frame = candidate.frame
    bare = not (
        frame.having or frame.order or frame.limit or frame.per or frame.change or frame.pivot
        or frame.report or frame.beside
    )  # fmt: skip
    return bool(frame.measures and bare and candidate.confidence >= _SURE and not candidate.choices)


def _said_at_once(
    split: Split,
    parts: Sequence[Reading],
    profiles: Sequence[TableProfile],
    best: Candidate | None,
) -> bool:
    """Whether one reading says what the parts would say together."""
    sure = best is not None and best.confidence >= _SURE
    if split.divided:
        return (sure and not split.sure) or (split.each and not _belongs(parts, profiles))
    if _belong_together(parts, profiles):
        return True
    measures = sum(len(candidate.frame.measures) for _, candidate in parts)
    as_much = best is not None and len(best.frame.measures) >= measures
    return sure and as_much and not any(map(_counts_own_rows, parts))


def _belongs(parts: Sequence[Reading], profiles: Sequence[TableProfile]) -> bool:
    """Whether what is divided belongs to one of what it is divided by, or to what both refer to.

    Not so are products and orders, where a third table says which products an order has.
    """
    over, under = (profile.name for profile, _ in parts)
    views = {profile.name: view_of(profile, profiles) for profile in profiles}
    reached = {name: {leg.profile.name for leg in v.legs} for name, v in views.items() if v}
    if over == under or under in reached.get(over, ()):
        return True
    return not any({over, under} <= names for names in reached.values())


def _belong_together(parts: Sequence[Reading], profiles: Sequence[TableProfile]) -> bool:
    """Whether rows of one table mean rows of the other, which one reading can say by itself."""
    names = [profile.name for profile, _ in parts]
    if len(set(names)) < len(names):
        return True
    views = [view_of(profile, profiles) for profile, _ in parts]
    reached = [
        {leg.profile.name for leg in view.legs[1:] if len(leg.pairs) == 1}
        for view in views
        if view is not None
    ]
    measured = {profile.name for profile, one in parts if not _counts_own_rows((profile, one))}
    return any(reached_by & measured for reached_by in reached)


def _counts_own_rows(reading: Reading) -> bool:
    """Whether a reading counts the rows of a table, those too that no other table refers to."""
    profile, candidate = reading
    return candidate.tables == (profile.name,) and [
        measure.value for measure in candidate.frame.measures
    ] == [Aggregated(function="count")]


def _groups(relation: Relation) -> Aggregate:
    groups = plan_tools.without(relation, Sort)
    if not isinstance(groups, Aggregate):
        raise NotJoinable("Only measures in groups can be put side by side.")
    return groups


def _aligned(
    other: Aggregate, first: Aggregate, frames: Sequence[Frame], profiles: Sequence[TableProfile]
) -> Aggregate:
    """The groups with the keys of the first, in their order and under their names."""
    tables = {frame.table for frame in frames}
    keys = {_meaning(key, other, tables, profiles): key for key in other.keys}
    wanted = [_meaning(key, first, tables, profiles) for key in first.keys]
    if len(keys) != len(wanted) or set(keys) != set(wanted):
        raise NotJoinable("The measures are not grouped by the same thing.")
    aligned = tuple(
        plan_tools.named(key.name, keys[meaning].value)
        for key, meaning in zip(first.keys, wanted, strict=True)
    )
    return other.model_copy(update={"keys": aligned})


def _meaning(
    key: Named, groups: Aggregate, tables: set[str], profiles: Sequence[TableProfile]
) -> object:
    """What a key stands for: a column of a table, or a time of the measured rows themselves."""
    columns = list(plan_tools.find(key.value, Column))
    if len(columns) != 1:
        raise NotJoinable("Only columns and times can group measures of several tables.")
    scans = {scan.alias or scan.table: scan.table for scan in plan_tools.find(groups, Scan)}
    table = scans.get(columns[0].table or next(iter(scans)), "")
    place: object = _referred(table, columns[0].name, profiles)
    if isinstance(key.value, Truncate | Extract) and table in tables:
        place = "time"
    match key.value:
        case Column():
            return place
        case Truncate(unit=unit):
            return "start", unit, place
        case Extract(part=part):
            return "part", part, place
    raise NotJoinable("Only columns and times can group measures of several tables.")


def _referred(table: str, column: str, profiles: Sequence[TableProfile]) -> tuple[str, str]:
    """The column that one refers to, as a key or a part of one, else the column itself."""
    for profile in profiles:
        if profile.name == table:
            for key in sorted(profile.foreign_keys, key=lambda key: len(key.columns)):
                if column in key.columns:
                    return key.table, key.references[key.columns.index(column)]
    return table, column


def _distinctly_measured(parts: Sequence[Aggregate], tables: Sequence[str]) -> list[Aggregate]:
    """The groups with measures that have names of their own; counted rows are called by theirs."""
    names = [measure.name for part in parts for measure in part.measures]
    taken = [key.name for key in parts[0].keys]
    made = []
    for part, table in zip(parts, tables, strict=True):
        measures = []
        for measure in part.measures:
            name = measure.name
            if measure.value == Aggregated(function="count") and name == "count":
                name = table
            elif names.count(name) > 1:
                name = f"{table}_{name}"
            name = unique_name(name, taken)
            taken.append(name)
            measures.append(plan_tools.named(name, measure.value))
        made.append(part.model_copy(update={"measures": tuple(measures)}))
    return made
