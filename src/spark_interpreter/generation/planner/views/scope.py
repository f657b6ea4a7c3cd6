"""Readings of a question over several tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import combinations

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.house import house_of
from spark_interpreter.generation.planner.language.similarity import NameIndex, full_words
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.language.words import singular, stem
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.assemble import assemble
from spark_interpreter.generation.planner.parsing.context import Choice
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.parse import Candidate, parse_with
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.views.linker import view_linker
from spark_interpreter.generation.planner.views.resolve import NotJoinable, every_value, resolve
from spark_interpreter.generation.planner.views.view import View, display_column, view_of
from spark_interpreter.model import ColumnProfile, TableProfile, ValueCount

_RESOLVED = 3
_TABLE_COST = 0.35
_NAMED_ROOT, _VIEW_COST = 0.25, 0.05
_OVERLOOKED = 0.5
_BARE_KEY = 0.7
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "codes", "number", "numbers"))
_SURE, _NAMED = 0.75, 0.95
_LOOSE = 0.87
"""Less sure than this, words were linked by what they mean, not by the name they say."""


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
    tokens = tokenize(question)
    for view, read in _over_views(question, profiles, today, find_values):
        frame = read.frame
        try:
            plan = resolve(frame, view)
        except NotJoinable:
            continue
        tables = plan_tools.tables(plan)
        if len(tables) == 1 and not frame.aggregates:
            continue
        bare = not (frame.columns or frame.aggregates) and _is_link(view.root)
        candidate = _less_sure(read) if bare else read
        score = candidate.score - _TABLE_COST * (len(tables) - 1) + _NAMED_ROOT * frame.rows
        free = _free_words(candidate, view, tokens)
        choices = (*roles(frame, view, free), *candidate.choices)
        yield (
            view.root,
            replace(candidate, score=score - _VIEW_COST, tables=tables, choices=choices),
        )


def not_joinable(
    question: str,
    profiles: Sequence[TableProfile],
    *,
    today: date,
    find_values: FindValues | None,
) -> str | None:
    """Why the surest reading over several tables has no plan; None if that is not the reason."""
    found = _over_views(question, profiles, today, find_values)
    sure = [(view, one) for view, one in found if one.confidence >= _SURE]
    for view, candidate in sorted(sure, key=lambda entry: -entry[1].score):
        try:
            resolve(candidate.frame, view)
        except NotJoinable as error:
            return str(error)
    return None


def unlinked(tokens: Sequence[Token], profiles: Sequence[TableProfile]) -> Unlinked | None:
    """Two tables that the question names, or whose columns it names, and that nothing links."""
    said = {mention.table for mention in table_mentions(tokens, profiles)}
    said |= _alone_have(tokens, profiles)
    reached: dict[str, list[str]] = {}
    for root in profiles:
        view = view_of(root, profiles)
        reached[root.name] = [leg.profile.name for leg in view.legs] if view else [root.name]
    for one, other in combinations([name for name in reached if name in said], 2):
        if not any({one, other} <= set(tables) for tables in reached.values()):
            shared = (name for name in reached[one] if name in reached[other])
            return Unlinked(one, other, next(shared, None))
    return None


def _alone_have(tokens: Sequence[Token], profiles: Sequence[TableProfile]) -> set[str]:
    """The tables without which words of the question name no column."""
    named = {
        profile.name: {
            at
            for link in linker_for(profile).columns(tokens)
            if link.options[0].score >= _NAMED
            for at in range(link.first, link.stop)
        }
        for profile in profiles
    }
    places = Counter(at for found in named.values() for at in found)
    return {name for name, found in named.items() if any(places[at] == 1 for at in found)}


def _over_views(
    question: str,
    profiles: Sequence[TableProfile],
    today: date,
    find_values: FindValues | None,
) -> Iterator[tuple[View, Candidate]]:
    """Readings over each table together with those it refers to, the best few of each."""
    tokens = tokenize(question)
    for root in profiles:
        view = view_of(root, profiles)
        if view is None:
            continue
        linker = view_linker(view)
        rows = linker.names_rows(tokens)
        find = None if find_values is None else _find_in(view, find_values)
        found = parse_with(linker, question, today=today, find_values=find)
        for candidate in found[:_RESOLVED]:
            frame = candidate.frame.model_copy(update={"view": True, "rows": rows})
            if not {"or", "either"} & {token.lower for token in tokens}:
                frame = every_value(frame)
            yield view, replace(candidate, frame=frame)


def _free_words(candidate: Candidate, view: View, tokens: Sequence[Token]) -> list[Token]:
    """The words that name no column of the root ("home goals" says nothing of a home team)."""
    taken = {
        at
        for item in candidate.items
        if item.kind == "COL" and view.origin.get(item.data.best.name, ("",))[0] == view.root.name
        for at in item.tokens
    }
    return [token for at, token in enumerate(tokens) if at not in taken]


def roles(frame: Frame, view: View, tokens: Sequence[Token]) -> tuple[Choice, ...]:
    """The ways a table is reached that the question leaves open ("team": home or away)."""
    said = {stem(singular(token.lower)) for token in tokens}
    choices: list[Choice] = []
    seen: set[str] = set()
    for name in columns_of(
        (frame.columns, frame.keys, frame.measures, frame.filters, frame.having, frame.order)
    ):
        alias = view.origin[name][0] if name in view.origin else view.root.name
        twins = () if alias == view.root.name else view.twins(alias)
        if len(twins) < 2 or twins[0].profile.name in seen:
            continue
        words = {leg.alias: {stem(singular(w)) for w in full_words(leg.alias)} for leg in twins}
        shared = set.intersection(*words.values())
        if any((words[leg.alias] - shared) & said for leg in twins):
            continue
        table = twins[0].profile.name
        seen.add(table)
        spoken = next(
            (t.text for t in tokens if singular(t.lower) == singular(full_words(table)[-1])), table
        )
        options = tuple(
            ColumnProfile(name=leg.alias, header=leg.alias, type="string") for leg in twins
        )
        choices.append(Choice(spoken, options))
    return tuple(choices)


def _find_in(view: View, find_values: FindValues) -> FindValues:
    """Looks texts up in the table that a wide column comes from."""

    def find(profile: TableProfile, column: str, text: str) -> Sequence[ValueCount]:
        del profile
        alias, name = view.origin[column]
        return find_values(view.leg(alias).profile, name, text)

    return find


def overlooked(
    candidate: Candidate,
    profile: TableProfile,
    tokens: Sequence[Token],
    mentions: Sequence[TableMention],
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
        if any(_explains(item) for item in meant) and (
            candidate.frame.view or span & _linked(candidate, profile, tokens)
        ):
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


def mistaken(
    candidate: Candidate, tokens: Sequence[Token], profiles: Sequence[TableProfile]
) -> Candidate:
    """The candidate, less sure where words that another table's column is called by mean another.

    As in "average list price by customer" over payments: their amount is no list price.
    """
    exact = {
        (link.first, link.stop)
        for profile in profiles
        for link in linker_for(profile).columns(tokens)
        if link.options[0].score >= _NAMED and link.stop - link.first > 1
    }
    missed = [
        at
        for item in candidate.items
        for first, stop in exact
        if set(range(first, stop)) <= item.tokens
        and item.kind in {"COL", "MEA"}
        and item.score < _LOOSE
        for at in range(first, stop)
    ]
    if not missed:
        return candidate
    words = (tokens[at].text for at in sorted(missed))
    return replace(
        candidate,
        confidence=candidate.confidence * _OVERLOOKED,
        score=candidate.score + 3 * math.log(_OVERLOOKED),
        not_understood=tuple(dict.fromkeys((*candidate.not_understood, *words))),
    )


def by_key(
    candidate: Candidate, profile: TableProfile, profiles: Sequence[TableProfile]
) -> Candidate:
    """The candidate, behind others where the bare key stands for the thing it refers to.

    As in "revenue by customer": the name is meant, where there is a table that has it.
    """
    named = {p.name for p in profiles if display_column(p) is not None}
    keys = {
        key.columns[0]
        for key in profile.foreign_keys
        if key.table in named and len(key.columns) == 1
    }
    frame = candidate.frame
    shown = {
        name
        for one in (*frame.columns, *frame.keys)
        for name in columns_of(one.value)
        if name in keys
    }
    words = {word for item in candidate.items for word in item.text.split() if item.kind == "COL"}
    if not shown or _KEY_WORDS & words:
        return candidate
    return _less_sure(candidate)


def _is_link(profile: TableProfile) -> bool:
    """Whether a table only says which rows of others belong together."""
    keys = {name for key in profile.foreign_keys for name in key.columns}
    return all(column.name in keys for column in profile.columns)


def _less_sure(candidate: Candidate) -> Candidate:
    """The candidate, behind others that show more than bare keys."""
    return replace(
        candidate,
        confidence=candidate.confidence * _BARE_KEY,
        score=candidate.score + 3 * math.log(_BARE_KEY),
    )


def _linked(candidate: Candidate, profile: TableProfile, tokens: Sequence[Token]) -> set[int]:
    """Positions of words that name a column or a value of the table."""
    linker = linker_for(profile)
    links = [link for link in linker.columns(tokens) if link.options[0].score >= _SURE]
    values = {at for item in candidate.items if item.kind == "VAL" for at in item.tokens}
    return values | {at for link in links for at in range(link.first, link.stop)}


def _explains(item: Item) -> bool:
    """Whether an item gives its words a meaning of their own."""
    return item.kind not in {"W", "VERB", "POS"} and item.score >= _SURE


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Names of two tables that cannot be joined, and of the nearest to which both refer."""

    one: str
    other: str
    shared: str | None


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
    called = [(p.name, name) for p in profiles for name in (p.name, *house_of(p).words)]
    index = _names(tuple(name for _, name in called))
    found = [m for m in index.scan(tokens, longest=4, least=_NAMED) if m.match.evidence == "exact"]
    found += [m for m in index.scan(tokens, longest=4, least=_NAMED) if m.match.evidence == "stem"]
    return tuple(
        TableMention(m.first, m.stop, called[m.match.index][0])
        for m in found
        if singular(tokens[m.stop - 1].lower) == singular(full_words(m.match.name)[-1])
    )


@lru_cache(maxsize=8)
def _names(names: tuple[str, ...]) -> NameIndex:
    return NameIndex(names)
