"""The glossary's default filters: rows that stay out of answers unless the question wants them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.house import HouseFilter, house_of
from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.words import singular, stem
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.plan import (
    AnyOf,
    Column,
    Exists,
    Filter,
    InQuery,
    IsNull,
    Join,
    Plan,
    Predicate,
    ScalarQuery,
    Scan,
)
from spark_interpreter.generation.planner.views.view import View, view_of
from spark_interpreter.model import Model, TableProfile

_INCLUDING = re.compile(
    r"[,(;]?\s*\b(?:including|incl\.?|inclusive of|counting)\s+"
    r"(?P<what>[^,.;?!()]+?)"
    r"(?=\s+(?:by|per|in|for|from|on|at|to|each|every|with|where|since|before|after|during|of|over|"
    r"this|last|between|is|are|was|were)\b|[,.;?!()]|\s*$)\)?",
    re.IGNORECASE,
)
_SAYING_NOTHING = frozenset(
    ("the", "all", "also", "any", "are", "is", "be", "left", "out", "only", "not", "and", "or",
     "excluded", "counted", "included", "rows", "ones", "where", "that", "have", "been", "no")
)  # fmt: skip


def without_inclusion(
    question: str, profiles: Sequence[TableProfile]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The question without "including cancelled orders", the tables it means, and what it said."""
    tables: list[str] = []
    said: list[str] = []
    for match in _INCLUDING.finditer(question):
        words = _stems(match["what"])
        meant = [p.name for p in profiles if any(_means(words, f, p) for f in house_of(p).filters)]
        if meant:
            tables += meant
            said.append(" ".join(match["what"].split()))
            question = question.replace(match[0], " ", 1)
    return (" ".join(question.split()) if said else question, tuple(tables), tuple(said))


def _means(words: set[str], entry: HouseFilter, profile: TableProfile) -> bool:
    """Whether words tell which rows a filter leaves out, not only which table they are in.

    One of its values is enough; else every word has to be of the filter ("staff orders", but not
    "staff names").
    """
    names = (profile.name, *house_of(profile).words)
    words = words - {word for name in names for word in _stems(" ".join(full_words(name)))}
    columns = (" ".join(full_words(column)) for column in entry.columns)
    known = _stems(" ".join((*entry.texts, *columns, entry.description)))
    return bool(words & _stems(" ".join(entry.texts))) or bool(words and words <= known)


def _stems(text: str) -> set[str]:
    words = re.findall(r"\w+", text.casefold())
    return {stem(singular(word)) for word in words if word not in _SAYING_NOTHING}


def with_defaults(plan: Plan, frame: Frame, profiles: Sequence[TableProfile]) -> Plan:
    """The plan over tables from which the rows of their default filters are left out.

    A table keeps all its rows where the question speaks of a column of its filter, or sets the
    filter aside.
    """
    read = {scan.table for scan in plan_tools.find(plan.relation, Scan)} - set(frame.unfiltered)
    spoken = set(_spoken(frame, profiles)) if read else set()
    used: dict[str, list[HouseFilter]] = {}
    for profile in profiles:
        for entry in house_of(profile).filters if profile.name in read else ():
            if not spoken & {(profile.name, column) for column in entry.columns}:
                used.setdefault(profile.name, []).append(entry)
    if not used:
        return plan
    parts = {table: tuple(entry.predicate for entry in found) for table, found in used.items()}
    relation = plan_tools.transform(plan.relation, _Filtering(parts).change)
    notes = tuple(entry.note for found in used.values() for entry in found)
    return plan.model_copy(
        update={"relation": relation, "assumptions": (*plan.assumptions, *notes)}
    )


class _Filtering:
    """Puts filters right above the scans of their tables.

    Rows joined to a row that is left out are left out with it; those that have no partner at all
    stay where the join keeps them.
    """

    def __init__(self, parts: dict[str, tuple[Predicate, ...]]) -> None:
        self._parts = parts

    def change(self, node: Model) -> Model:
        match node:
            case Scan(table=table) if table in self._parts:
                return Filter(input=node, predicate=self._predicate(node))
            case Join(how="left", right=Filter(input=Scan() as scan)) if scan.table in self._parts:
                name = scan.alias or scan.table
                key = Column(name=node.on[0][1].name, table=name)
                predicate = AnyOf(parts=(self._predicate(scan), IsNull(value=key)))
                return Filter(input=node.model_copy(update={"right": scan}), predicate=predicate)
        return node

    def _predicate(self, scan: Scan) -> Predicate:
        name = scan.alias or scan.table

        def placed(node: Model) -> Model:
            return Column(name=node.name, table=name) if isinstance(node, Column) else node

        parts = [plan_tools.transform(part, placed) for part in self._parts[scan.table]]
        whole = plan_tools.conjunction(parts)
        assert whole is not None
        return whole


def _spoken(frame: Frame, profiles: Sequence[TableProfile]) -> Iterator[tuple[str, str]]:
    """The columns the question speaks of, with their tables."""
    for other in frame.beside:
        yield from _spoken(other, profiles)
    root = next(profile for profile in profiles if profile.name == frame.table)
    view = view_of(root, profiles) if frame.view else None
    slots = (
        frame.columns, frame.keys, frame.measures, frame.filters, frame.having, frame.order,
        frame.per, frame.pivot,
    )  # fmt: skip
    for slot in slots:
        yield from _columns(slot, frame.table, view, profiles)


def _columns(
    tree: Any, table: str, view: View | None, profiles: Sequence[TableProfile]
) -> Iterator[tuple[str, str]]:
    if isinstance(tree, tuple):
        for part in tree:
            yield from _columns(part, table, view, profiles)
    elif isinstance(tree, Column):
        alias, name = view.origin.get(tree.name, (table, tree.name)) if view else (table, tree.name)
        yield (view.leg(alias).profile.name if view else table), name
    elif isinstance(tree, Exists | InQuery | ScalarQuery):
        yield from _inside(tree.relation, profiles)
        if isinstance(tree, InQuery):
            yield from _columns(tree.value, table, view, profiles)
    elif isinstance(tree, Model):
        for child in plan_tools.children(tree):
            yield from _columns(child, table, view, profiles)


def _inside(relation: Model, profiles: Sequence[TableProfile]) -> Iterator[tuple[str, str]]:
    """What a subquery speaks of: columns of the tables it reads, but for the keys of joins."""
    names = {column.name for column in plan_tools.columns_used(relation)}
    read = set(plan_tools.tables(relation))
    for profile in profiles:
        if profile.name in read:
            yield from ((profile.name, c.name) for c in profile.columns if c.name in names)
