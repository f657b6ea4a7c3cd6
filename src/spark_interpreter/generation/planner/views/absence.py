"""What has no partner: "products never ordered", "customers without orders in 2023"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate, parse, parse_with
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import Exists
from spark_interpreter.generation.planner.views.linker import ViewLinker, view_linker
from spark_interpreter.generation.planner.views.resolve import partners
from spark_interpreter.generation.planner.views.view import Leg, View, view_of
from spark_interpreter.model import TableProfile

_NEGATIONS = frozenset(("without", "no", "not", "never", "zero"))
_BEFORE = frozenset(
    ("who", "that", "which", "have", "has", "had", "did", "do", "does", "are", "is", "was", "were",
     "with", "and", "been", "there", "but", "can", "could", "ca", "wo", "does", "doesn't")
)  # fmt: skip
_AFTER = frozenset(
    ("have", "had", "has", "been", "any", "a", "an", "the", "ever", "yet", "be", "in", "at", "of",
     "single", "made", "used", "by")
)  # fmt: skip
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
    for at, token in enumerate(tokens):
        if token.lower not in _NEGATIONS and not token.lower.endswith("n't"):
            continue
        head, tail = _parts(question, tokens, at)
        if not head or not tail:
            continue
        for profile in profiles:
            heads = parse(head, profile, today=today, find_values=find_values)
            if not heads or heads[0].confidence < _SURE_HEAD or not _is_of(heads[0], profile, head):
                continue
            found = _best_tail(tail, profile, profiles, today, find_values)
            if found is not None:
                yield profile, _lacking(heads[0], *found)


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
    frame: Frame = head.frame
    used = columns_of(tail.frame.columns)
    matches, legs = partners(view, leg, tail.frame.filters, used)
    absent: Exists = matches.model_copy(update={"negated": True})
    notes = tuple(note for note in tail.frame.assumptions if note not in frame.assumptions)
    frame = frame.model_copy(
        update={"filters": (*frame.filters, absent), "assumptions": (*frame.assumptions, *notes)}
    )
    tables = tuple(dict.fromkeys((frame.table, *(leg.profile.name for leg in legs))))
    return replace(
        head,
        frame=frame,
        confidence=head.confidence * tail.confidence,
        score=head.score + tail.score + _WORTH,
        tables=tables,
        items=(*head.items,),
    )
