"""The glossary seen from one table: its words, metrics and default filters, ready to use."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from spark_interpreter.errors import SettingsError
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Call,
    Case,
    Column,
    Constant,
    Expression,
    Extract,
    Predicate,
)
from spark_interpreter.generation.planner.plan_tools import children, find, transform
from spark_interpreter.generation.planner.recent import Recent
from spark_interpreter.model import (
    ColumnProfile,
    DefaultFilter,
    Glossary,
    Metric,
    Model,
    TableProfile,
    Term,
)

_TEXTS = frozenset(("lower", "upper", "trim", "concat", "substring", "cast_string"))
_WHOLES = frozenset(("length", "word_count"))
T = TypeVar("T", bound=Model)
R = TypeVar("R")


@dataclass(frozen=True)
class HouseMetric:
    """A formula with a name.

    Attributes:
        words: what it is called, its name first.
        column: stands for it where columns are named.
        value: of a row, or of a group when `grouped`.
        note: how an answer states it.
    """

    words: tuple[str, ...]
    column: ColumnProfile
    value: Expression
    grouped: bool
    note: str

    @property
    def counts_rows(self) -> bool:
        """Whether it counts rows of its table without naming a column."""
        return any(node.value is None for node in find(self.value, Aggregated))


@dataclass(frozen=True)
class HouseFilter:
    """A condition on the rows of a table.

    Attributes:
        columns: the columns it is about.
        texts: the values it names.
    """

    predicate: Predicate
    columns: tuple[str, ...]
    texts: tuple[str, ...]
    description: str
    note: str


@dataclass(frozen=True)
class House:
    """What the glossary says of one table.

    Attributes:
        words: other words for the table.
        column_words: other words for columns, each with the column's position.
        units: by the column's name.
        descriptions: sentences about the table and its columns.
        problems: entries that cannot be used, each with the reason.
    """

    words: tuple[str, ...] = ()
    column_words: tuple[tuple[str, int], ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    descriptions: tuple[str, ...] = ()
    metrics: tuple[HouseMetric, ...] = ()
    filters: tuple[HouseFilter, ...] = ()
    problems: tuple[str, ...] = ()


_EMPTY = House()


class HouseProfile(TableProfile):
    """A profile that carries the glossary's entries for its table."""

    house: House


def house_of(profile: TableProfile) -> House:
    """The glossary's entries for a table; none for a plain profile."""
    return profile.house if isinstance(profile, HouseProfile) else _EMPTY


_WORDED: Recent[TableProfile] = Recent(1024)


def worded(profiles: Sequence[TableProfile], glossary: Glossary) -> tuple[TableProfile, ...]:
    """The profiles with the glossary's entries for each of them.

    The same profile and glossary give the same object, and a changed glossary another one: what
    is kept for a profile (its linker, its views) is never of an older glossary.
    """
    if glossary == Glossary():
        return tuple(profiles)
    return tuple(
        _WORDED.of(profile, glossary, make=partial(_worded, profile, glossary))
        for profile in profiles
    )


def _worded(profile: TableProfile, glossary: Glossary) -> TableProfile:
    own = _entries(profile, glossary)
    if own == Glossary():
        return profile
    fields = {name: getattr(profile, name) for name in TableProfile.model_fields}
    return HouseProfile.model_construct(**fields, house=_House(profile).of(own))


def _entries(profile: TableProfile, glossary: Glossary) -> Glossary:
    """The entries that are about the table."""
    name = profile.name.casefold()

    def own(entries: Sequence[T], table: Callable[[T], str]) -> tuple[T, ...]:
        return tuple(entry for entry in entries if table(entry).casefold() == name)

    return Glossary(
        terms=own(glossary.terms, lambda term: term.means.split(".")[0]),
        metrics=own(glossary.metrics, lambda metric: metric.table),
        filters=own(glossary.filters, lambda entry: entry.table),
    )


class _Unknown(Exception):
    """A column that is not there; says what is."""


class _House:
    """Reads entries against the columns of one table."""

    def __init__(self, profile: TableProfile) -> None:
        self._profile = profile
        self._problems: list[str] = []

    def of(self, entries: Glossary) -> House:
        words: list[str] = []
        column_words: list[tuple[str, int]] = []
        units: dict[str, str] = {}
        for term, column in self._usable("term", entries.terms, lambda t: t.means, self._meant):
            if column is None:
                words += term.words
                continue
            place = self._profile.columns.index(column)
            column_words += [(word, place) for word in term.words]
            if term.unit:
                units[column.name] = term.unit
        metrics = self._usable("metric", entries.metrics, lambda m: m.name, self._metric)
        filters = self._usable("filter", entries.filters, lambda f: f.where, self._filter)
        return House(
            words=tuple(words),
            column_words=tuple(column_words),
            units=units,
            descriptions=tuple(e.description for e in entries.terms if e.description),
            metrics=tuple(metric for _, metric in metrics),
            filters=tuple(entry for _, entry in filters),
            problems=tuple(self._problems),
        )

    def _usable(
        self,
        kind: str,
        entries: Sequence[T],
        name: Callable[[T], str],
        read: Callable[[T], R],
    ) -> list[tuple[T, R]]:
        """The entries that could be read; of the others it is noted why not."""
        found = []
        for entry in entries:
            try:
                found.append((entry, read(entry)))
            except (_Unknown, SettingsError) as exc:
                reason = str(exc).rstrip(".")
                self._problems.append(
                    f"the glossary's {kind} “{name(entry)}” is left out: {reason}"
                )
        return found

    def _meant(self, term: Term) -> ColumnProfile | None:
        """The column of a term; None for the table itself."""
        _, _, column = term.means.partition(".")
        return self._column(column) if column else None

    def _metric(self, metric: Metric) -> HouseMetric:
        from spark_interpreter.generation.planner import formulas

        value = transform(formulas.expression(metric.formula), self._placed)
        grouped = any(True for _ in find(value, Aggregated))
        if grouped:
            _check_grouped(value)
        name = "_".join(metric.name.casefold().split())
        unit = f", in {metric.unit}" if metric.unit else ""
        column_type = "double" if grouped else self._type(value)
        return HouseMetric(
            words=(metric.name, *metric.words),
            column=ColumnProfile(name=name, header=metric.name, type=column_type),
            value=value,
            grouped=grouped,
            note=f"{metric.name} = {' '.join(metric.formula.split())}{unit} (glossary)",
        )

    def _filter(self, entry: DefaultFilter) -> HouseFilter:
        from spark_interpreter.generation.planner import formulas

        predicate = transform(formulas.predicate(entry.where), self._placed)
        if any(True for _ in find(predicate, Aggregated)):
            raise _Unknown("a filter is about single rows, so it cannot have sums or counts")
        said = entry.description.rstrip(".") or f"only {self._profile.name} where {entry.where}"
        constants = (node.value for node in find(predicate, Constant))
        return HouseFilter(
            predicate=predicate,
            columns=tuple(dict.fromkeys(node.name for node in find(predicate, Column))),
            texts=tuple(value for value in constants if isinstance(value, str)),
            description=entry.description,
            note=f"{said} (glossary)",
        )

    def _placed(self, node: Model) -> Model:
        """A formula's column by the name it has in the table."""
        if isinstance(node, Column):
            return Column(name=self._column(node.name).name)
        return node

    def _column(self, name: str) -> ColumnProfile:
        columns = self._profile.columns
        for column in columns:
            if column.name == name:
                return column
        wanted = name.casefold()
        for column in columns:
            if wanted in (column.name.casefold(), column.header.casefold()):
                return column
        by_name = {column.name.casefold(): column.name for column in columns}
        near = difflib.get_close_matches(wanted, list(by_name), n=1, cutoff=0.0)
        hint = f"; the nearest is {by_name[near[0]]}" if near else ""
        raise _Unknown(f"{self._profile.name} has no column {name}{hint}")

    def _type(self, value: Expression) -> str:
        """The type of a row's value, as far as linking has to know it."""
        match value:
            case Column():
                return self._profile.column(value.name).type
            case Constant(value=bool()):
                return "boolean"
            case Constant(value=str()):
                return "string" if value.type == "auto" else value.type
            case Call(name=name) if name in _TEXTS:
                return "string"
            case Call(name=name) if name in _WHOLES:
                return "bigint"
            case Call(name="abs" | "coalesce", args=(first, *_)):
                return self._type(first)
            case Extract():
                return "int"
            case Case():
                return next(map(self._type, _results(value)), "double")
        return "double"


def _results(case: Case) -> Iterator[Expression]:
    """The values a case can have, missing ones left out."""
    values = [result for _, result in case.whens]
    values += [case.otherwise] if case.otherwise is not None else []
    return (v for v in values if not (isinstance(v, Constant) and v.value is None))


def _check_grouped(value: Model, *, inside: bool = False) -> None:
    """Every column of a group's formula is aggregated, and exactly once."""
    if isinstance(value, Column) and not inside:
        raise _Unknown(f"{value.name} stands outside of the sums and counts of its formula")
    if isinstance(value, Aggregated):
        if inside:
            raise _Unknown("an aggregate stands inside another one")
        inside = True
    for child in children(value):
        _check_grouped(child, inside=inside)
