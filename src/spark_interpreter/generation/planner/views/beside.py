"""Measures of two tables side by side: "revenue and number of tickets per region".

A join would repeat the rows of one table for every row of the other, so each table is grouped by
itself, and the groups are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.parsing.assemble import completed, natural_order
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.generation.planner.parsing.trees import unique_name
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Column,
    Extract,
    Named,
    Plan,
    Relation,
    Scan,
    SideBySide,
    Sort,
    Truncate,
)
from spark_interpreter.generation.planner.views import scope
from spark_interpreter.generation.planner.views.resolve import NotJoinable
from spark_interpreter.generation.planner.views.view import view_of
from spark_interpreter.model import TableProfile

Reading = tuple[TableProfile, Candidate]

_BETWEEN = frozenset(("and", "&", "vs", "versus"))
_GROUPING = frozenset(("per", "by", "each", "every"))
_TAIL = _GROUPING | {"for", "in", "during", "since", "from", "where", "before", "after"}
_SURE = 0.8
_WORTH = 1.0
"""What a reading gains that has a use for both halves, where the best other leaves one out."""


def beside(
    question: str,
    profiles: Sequence[TableProfile],
    best: Candidate | None,
    read: Callable[[str], Sequence[Reading]],
) -> Iterator[Reading]:
    """Readings of the two halves of a question, each over tables of its own.

    Args:
        best: the best reading of the question as a whole; it goes first if it has as many measures.
        read: the readings of a question, the best first.
    """
    for halves in _halves(question):
        parts = list(
            takewhile(_is_measured, (reading for half in halves for reading in read(half)[:1]))
        )
        if len(parts) < len(halves) or _belong_together(parts, profiles):
            continue
        frame = parts[0][1].frame.model_copy(
            update={"beside": tuple(candidate.frame for _, candidate in parts[1:])}
        )
        candidates = [candidate for _, candidate in parts]
        if best is not None and _says_as_much(best, candidates):
            continue
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


def plan_of(frame: Frame, profiles: Sequence[TableProfile]) -> Plan:
    """The plan of a frame, together with those beside it.

    Raises:
        NotJoinable: the measures cannot be put side by side.
    """
    frames = (frame.model_copy(update={"beside": ()}), *frame.beside)
    plans = [scope.plan_of(each, profiles) for each in frames]
    if len(plans) == 1:
        return plans[0]
    first, *others = (_groups(plan.relation) for plan in plans)
    parts = [first, *(_aligned(other, first, frames, profiles) for other in others)]
    parts = _distinctly_measured(parts, [each.table for each in frames])
    relation = SideBySide(parts=tuple(parts))
    order = completed(natural_order(relation.keys, relation.measures), relation.keys)
    notes = dict.fromkeys(note for plan in plans for note in plan.assumptions)
    tables = " and ".join(each.table for each in frames)
    grouped = f"{tables} are grouped by themselves first, so no row counts twice"
    return Plan(
        relation=Sort(input=relation, keys=order) if order else relation,
        assumptions=(*notes, grouped if relation.keys else f"{tables} are measured by themselves"),
        ordered=bool(order),
    )


def _halves(question: str) -> Iterator[tuple[str, str]]:
    """The question as two, each with what was said of both ("per region", "in 2024")."""
    question = _tail_last(question)
    tokens = tokenize(question)
    for at, token in enumerate(tokens):
        if token.lower not in _BETWEEN or not 0 < at < len(tokens) - 1:
            continue
        left, right = question[: token.start].strip(" ,"), question[token.end :].strip()
        after = _tail(tokens, at + 1, _TAIL)
        before = _tail(tokens[:at], 0, _GROUPING)
        if after is not None:
            left = f"{left} {question[tokens[after].start :]}"
        elif before is not None:
            right = f"{right} {question[tokens[before].start : token.start]}"
        yield left, right


def _tail_last(question: str) -> str:
    """As in "for each region, revenue and tickets": the groups are said of both halves."""
    head, comma, rest = question.partition(",")
    words = head.lower().split()
    grouped = words[:1] in (["per"], ["by"]) or words[:2] in (["for", "each"], ["for", "every"])
    return f"{rest.strip(' ?.')} {head}" if comma and grouped else question


def _tail(tokens: Sequence[Token], first: int, words: frozenset[str]) -> int | None:
    """Where the words begin that end a half ("per region")."""
    for at in range(first + 1, len(tokens)):
        if tokens[at].lower in words:
            led = tokens[at].lower in {"each", "every"} and tokens[at - 1].lower in {"for", "of"}
            return at - 1 if led else at
    return None


def _is_measured(reading: Reading) -> bool:
    """Whether a reading is sure, and has measures in groups and nothing after them."""
    _, candidate = reading
    frame = candidate.frame
    bare = not (
        frame.having or frame.order or frame.limit or frame.per or frame.change or frame.pivot
        or frame.report or frame.beside
    )  # fmt: skip
    return bool(frame.measures and bare and candidate.confidence >= _SURE and not candidate.choices)


def _says_as_much(best: Candidate, halves: Sequence[Candidate]) -> bool:
    measures = sum(len(half.frame.measures) for half in halves)
    return best.confidence >= _SURE and len(best.frame.measures) >= measures


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
    return any(reached_by & set(names) for reached_by in reached)


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
