"""What has no partner, or so many: "products never ordered", "customers with under 3 orders"."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.language.lexicon import find_phrases
from spark_interpreter.generation.planner.language.numbers import find_numbers
from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate, parse, parse_with
from spark_interpreter.generation.planner.parsing.rules.predicates import OPPOSITE
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Column,
    Compare,
    Constant,
    Exists,
    Filter,
    Project,
)
from spark_interpreter.generation.planner.views.linker import ViewLinker, view_linker
from spark_interpreter.generation.planner.views.resolve import matched_by, partners
from spark_interpreter.generation.planner.views.view import Leg, View, view_of
from spark_interpreter.model import TableProfile

_NEGATIONS = frozenset(("without", "no", "not", "never", "zero", "0"))
_BEFORE = frozenset(
    ("who", "that", "which", "have", "has", "had", "did", "do", "does", "are", "is", "was", "were",
     "with", "and", "been", "there", "but", "can", "could", "ca", "wo", "does", "doesn't")
)  # fmt: skip
_AFTER = frozenset(
    ("have", "had", "has", "been", "any", "a", "an", "the", "ever", "yet", "be", "in", "at", "of",
     "single", "made", "used", "by")
)  # fmt: skip
ComparisonOp = Literal["<", "<=", ">", ">=", "="]
_HOLDS: dict[ComparisonOp, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_OWNING = frozenset(("have", "has", "had", "having", "with", "placed", "made"))
_DOING = frozenset(("having", "placed", "made", "got", "a", "only"))
_SURE_HEAD, _SURE_TAIL = 0.8, 0.6
_WORTH = 1.0
"""What a reading gains that explains the negation, which others have to leave out."""


def absences(
    question: str,
    profiles: Sequence[TableProfile],
    *,
    today: date,
    find_values: FindValues | None,
) -> Iterator[tuple[TableProfile, Candidate]]:
    """Readings of the rows of a table that have no partner of the kind that follows."""
    tokens = tokenize(question)
    numbers = list(_numbers(tokens))
    for at, token in enumerate(tokens):
        if token.lower not in _NEGATIONS and not token.lower.endswith("n't"):
            continue
        if any(number.first <= at < number.stop for number in numbers):
            continue
        head, tail = _parts(question, tokens, at)
        if not head or not tail:
            continue
        for profile, listed in _heads(head, profiles, today, find_values):
            found = _best_tail(tail, profile, profiles, today, find_values)
            if found is not None:
                yield profile, _lacking(listed, *found)


def so_many(
    question: str,
    profiles: Sequence[TableProfile],
    *,
    today: date,
    find_values: FindValues | None,
) -> Iterator[tuple[TableProfile, Candidate]]:
    """Readings of the rows of a table by how many rows of another refer to them.

    A list by a number that none cannot meet is left to the groups, which show the number, too.
    """
    tokens = tokenize(question)
    for number in _numbers(tokens):
        head, tail = _counted(question, tokens, number)
        if not head or not tail:
            continue
        for profile, listed in _heads(head, profiles, today, find_values):
            if not (listed.frame.aggregates or number.few or number.times):
                continue
            found = _best_tail(tail, profile, profiles, today, find_values)
            if found is not None and _counts_root(tail, found[0]):
                yield profile, _having(listed, *found, number)


@dataclass(frozen=True, slots=True)
class _Number:
    """Tokens `first` up to (not with) `stop` compare a whole number ("fewer than 3").

    `times`: it says how often something was done ("more than once"), so that stands before it.
    """

    first: int
    stop: int
    op: ComparisonOp
    value: int
    times: bool

    @property
    def few(self) -> bool:
        """Whether none at all is such a number."""
        return _HOLDS[self.op](0, self.value)


def _numbers(tokens: Sequence[Token]) -> Iterator[_Number]:
    """Where a whole number is compared ("fewer than 3", "2 or more", "have 5")."""
    phrases = find_phrases(tokens)
    before = {p.stop: p for p in phrases if p.category == "comparison"}
    behind = {p.first: p for p in phrases if p.category == "comparison_after"}
    for number in find_numbers(tokens):
        if not isinstance(number.value, int) or number.kind == "ordinal":
            continue
        times = number.kind == "times" or _word(tokens, number.stop) == "times"
        stop = number.stop + (times and number.kind != "times")
        phrase = before.get(number.first) or behind.get(stop)
        op = next((op for op in _HOLDS if phrase is not None and phrase.value == op), None)
        owned = number.first > 0 and tokens[number.first - 1].lower in _OWNING
        if phrase is None and (owned or times):
            op = "="
        if op is not None:
            first = min(number.first, phrase.first if phrase else number.first)
            stop = max(stop, phrase.stop if phrase else stop)
            yield _Number(first, stop, op, number.value, times)


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].lower if at < len(tokens) else ""


def _counted(question: str, tokens: Sequence[Token], number: _Number) -> tuple[str, str]:
    """What is listed, and what it has so many of: "customers", "orders" (or "ordered")."""
    first, stop = number.first, number.stop
    while first and tokens[first - 1].lower in _BEFORE | _DOING:
        first -= 1
    done = ""
    if number.times and first:
        first -= 1
        done = tokens[first].text
        while first and tokens[first - 1].lower in _BEFORE:
            first -= 1
    if not first:
        return "", ""
    head = question[: tokens[first - 1].end]
    rest = question[tokens[stop].start :] if stop < len(tokens) else ""
    if done:
        return head, f"{done} {rest}"
    if rest and number.value == 1 and tokens[stop].lower == tokens[stop].lemma:
        rest = f"{tokens[stop].text}s{question[tokens[stop].end :]}"
    return head, rest


def _counts_root(tail: str, view: View) -> bool:
    """Whether what is counted are the root's rows, by their name."""
    tokens = tokenize(tail)
    length = len(full_words(view.root.name))
    return view_linker(view).speaks_of_root(tokens[:length])


def _having(head: Candidate, view: View, leg: Leg, tail: Candidate, number: _Number) -> Candidate:
    """The rows of the head with so many partners; few are all but those with more."""
    few = number.few
    matches, legs = partners(view, leg, tail.frame.filters)
    assert isinstance(matches.relation, Project)
    keys = matches.relation.columns
    several = Compare(
        op=OPPOSITE[number.op] if few else number.op,
        left=Column(name="count"),
        right=Constant(value=number.value),
    )
    counted = Aggregate(
        input=matches.relation.input,
        keys=keys,
        measures=(plan_tools.named("count", Aggregated(function="count")),),
    )
    relation = Project(
        input=Filter(input=counted, predicate=several),
        columns=tuple(plan_tools.named(key.name) for key in keys),
    )
    found = matches.model_copy(update={"relation": relation, "negated": few})
    note = (f"{leg.profile.name} without {view.root.name} are among them",) if few else ()
    return _restricted(head, found, legs, tail, *note, *matched_by(view, (leg, *legs)))


def _parts(question: str, tokens: Sequence[Token], at: int) -> tuple[str, str]:
    """The question before and after the negation, without the words that only lead to it."""
    stop, first = at, at + 1
    while stop and tokens[stop - 1].lower in _BEFORE:
        stop -= 1
    while first < len(tokens) and tokens[first].lower in _AFTER:
        first += 1
    if not stop or first >= len(tokens):
        return "", ""
    return question[: tokens[stop - 1].end], question[tokens[first].start :]


def _heads(
    head: str, profiles: Sequence[TableProfile], today: date, find_values: FindValues | None
) -> Iterator[tuple[TableProfile, Candidate]]:
    """Sure readings of what is listed or counted, each as the rows of one table."""
    for profile in profiles:
        found = parse(head, profile, today=today, find_values=find_values)
        if found and found[0].confidence >= _SURE_HEAD and _is_of(found[0], profile, head):
            yield profile, found[0]


def _is_of(candidate: Candidate, profile: TableProfile, head: str) -> bool:
    """Whether the rows of the table are what is listed or counted."""
    frame = candidate.frame
    named = bool(linker_for(profile).names_rows(tokenize(head)))
    return frame.table == profile.name and named and frame.limit is None and not frame.having


def _best_tail(
    tail: str,
    profile: TableProfile,
    profiles: Sequence[TableProfile],
    today: date,
    find_values: FindValues | None,
) -> tuple[View, Leg, Candidate] | None:
    """The table whose rows refer to those of the head and that explains the rest best."""
    best: tuple[float, View, Leg, Candidate] | None = None
    for root in profiles:
        view = view_of(root, profiles)
        legs = [leg for leg in view.legs[1:] if leg.profile.name == profile.name] if view else []
        if view is None or len(legs) != 1:
            continue
        linker = view_linker(view)
        text = f"{' '.join(full_words(root.name))} {tail}"
        found = parse_with(linker, text, today=today, find_values=find_values)
        if not found or not _is_partner(found[0], view, legs[0], tail, linker):
            continue
        rank = found[0].confidence + 0.1 * _is_said(tail, linker) - 0.05 * legs[0].depth
        if best is None or rank > best[0]:
            best = (rank, view, legs[0], found[0])
    return best[1:] if best else None


def _is_partner(candidate: Candidate, view: View, leg: Leg, tail: str, linker: ViewLinker) -> bool:
    """Whether the tail speaks of the root's rows, or of what they refer to besides the leg."""
    frame = candidate.frame
    if candidate.confidence < _SURE_TAIL or frame.aggregates or frame.report or frame.limit:
        return False
    names = columns_of((frame.filters, frame.columns))
    others = {view.origin[name][0] for name in names if name in view.origin}
    others -= {leg.alias, *(a.alias for a in view.legs if view.covers(leg.alias, a.alias))}
    return (
        bool(others - {view.root.name})
        or _is_said(tail, linker)
        or (bool(others) and bool(frame.filters))
    )


def _is_said(tail: str, linker: ViewLinker) -> bool:
    """Whether the tail names the root's rows, as a noun or as what was done."""
    return linker.speaks_of_root(tokenize(tail))


def _lacking(head: Candidate, view: View, leg: Leg, tail: Candidate) -> Candidate:
    used = columns_of(tail.frame.columns)
    matches, legs = partners(view, leg, tail.frame.filters, used)
    lacking = matches.model_copy(update={"negated": True})
    return _restricted(head, lacking, legs, tail, *matched_by(view, (leg, *legs)))


def _restricted(
    head: Candidate, condition: Exists, legs: Sequence[Leg], tail: Candidate, *notes: str
) -> Candidate:
    """The head of which only rows that meet the condition are left."""
    frame: Frame = head.frame
    said = dict.fromkeys((*frame.assumptions, *tail.frame.assumptions, *notes))
    frame = frame.model_copy(
        update={"filters": (*frame.filters, condition), "assumptions": tuple(said)}
    )
    tables = tuple(dict.fromkeys((frame.table, *(leg.profile.name for leg in legs))))
    return replace(
        head,
        frame=frame,
        confidence=head.confidence * tail.confidence,
        score=head.score + tail.score + _WORTH,
        tables=tables,
    )
