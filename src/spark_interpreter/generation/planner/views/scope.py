"""Readings of a question over several tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.language.similarity import NameIndex, full_words
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.parsing.assemble import assemble
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.parse import Candidate, parse_with
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.views.linker import view_linker
from spark_interpreter.generation.planner.views.resolve import NotJoinable, resolve
from spark_interpreter.generation.planner.views.view import View, view_of
from spark_interpreter.model import TableProfile, ValueCount

_RESOLVED = 3
_TABLE_COST = 0.35
_OVERLOOKED = 0.5
_BARE_KEY = 0.7
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "codes", "number", "numbers"))
_SURE, _NAMED = 0.75, 0.95


def plan_of(frame: Frame, profiles: Sequence[TableProfile]) -> Plan:
    """The plan of a frame over one table or a view.

    Raises:
        NotJoinable: the frame's measures cannot be put side by side.
    """
    root = next(profile for profile in profiles if profile.name == frame.table)
    view = view_of(root, profiles) if frame.view else None
    return assemble(frame, root) if view is None else resolve(frame, view)


def joined_readings(
    question: str,
    profiles: Sequence[TableProfile],
    *,
    today: date,
    find_values: FindValues | None,
) -> Iterator[tuple[TableProfile, Candidate]]:
    """Readings that need several tables, the views in the order of their roots."""
    for root in profiles:
        view = view_of(root, profiles)
        if view is None:
            continue
        linker = view_linker(view)
        rows = linker.names_rows(tokenize(question))
        find = None if find_values is None else _find_in(view, find_values)
        found = parse_with(linker, question, today=today, find_values=find)
        for candidate in found[:_RESOLVED]:
            frame = candidate.frame.model_copy(update={"view": True, "rows": rows})
            try:
                plan = resolve(frame, view)
            except NotJoinable:
                continue
            tables = plan_tools.tables(plan)
            if len(tables) > 1:
                score = candidate.score - _TABLE_COST * (len(tables) - 1)
                yield root, replace(candidate, frame=frame, score=score, tables=tables)


def _find_in(view: View, find_values: FindValues) -> FindValues:
    """Looks texts up in the table that a wide column comes from."""

    def find(profile: TableProfile, column: str, text: str) -> Sequence[ValueCount]:
        del profile
        alias, name = view.origin[column]
        return find_values(view.leg(alias).profile, name, text)

    return find


def overlooked(
    candidate: Candidate, tokens: Sequence[Token], mentions: Sequence[TableMention]
) -> Candidate:
    """The candidate, less sure where words name a table that it has no use for.

    As in "number of orders per segment" over customers alone: orders are counted nowhere.
    """
    missed: list[str] = []
    for mention in mentions:
        if mention.table in candidate.tables:
            continue
        span = set(range(mention.first, mention.stop))
        meant = [item for item in candidate.items if item.tokens & span]
        if any(_explains(item) for item in meant):
            continue
        missed += [tokens[at].text for at in sorted(span)]
    if not missed:
        return candidate
    confidence = candidate.confidence * _OVERLOOKED
    return replace(
        candidate,
        confidence=confidence,
        score=candidate.score + 3 * math.log(_OVERLOOKED),
        not_understood=tuple(dict.fromkeys((*candidate.not_understood, *missed))),
    )


def by_key(candidate: Candidate, profile: TableProfile) -> Candidate:
    """The candidate, behind others where the bare key stands for the thing it refers to.

    As in "revenue by customer": the name is meant, where there is a table that has it.
    """
    keys = {name for key in profile.foreign_keys for name in key.columns}
    frame = candidate.frame
    shown = {
        name
        for named in (*frame.columns, *frame.keys)
        for name in columns_of(named.value)
        if name in keys
    }
    bare = any(
        item.kind in {"COL", "KEY", "BYKEY", "MEA", "TOP"}
        and not _KEY_WORDS & set(item.text.split())
        for item in candidate.items
    )
    return replace(candidate, score=candidate.score - _BARE_KEY) if shown and bare else candidate


def _explains(item: Item) -> bool:
    """Whether an item gives its words a meaning of their own."""
    return item.kind not in {"W", "VERB", "POS"} and item.score >= _SURE


@dataclass(frozen=True, slots=True)
class TableMention:
    """Tokens `first` up to (not with) `stop` name a table."""

    first: int
    stop: int
    table: str


def table_mentions(
    tokens: Sequence[Token], profiles: Sequence[TableProfile]
) -> tuple[TableMention, ...]:
    """Where the question surely names one of the tables."""
    index = _names(tuple(profile.name for profile in profiles))
    found = [m for m in index.scan(tokens, longest=4, least=_NAMED) if m.match.evidence == "exact"]
    found += [m for m in index.scan(tokens, longest=4, least=_NAMED) if m.match.evidence == "stem"]
    return tuple(
        TableMention(m.first, m.stop, profiles[m.match.index].name)
        for m in found
        if singular(tokens[m.stop - 1].lower) == singular(full_words(m.match.name)[-1])
    )


@lru_cache(maxsize=8)
def _names(names: tuple[str, ...]) -> NameIndex:
    return NameIndex(names)
