"""A table seen together with the tables its rows refer to, as if it were one wide table.

Only references are followed, from the row that refers to the one row it means. So every row of
the root stays one row, and nothing that is summed up over it is counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spark_interpreter.generation.planner.language.similarity import full_words
from spark_interpreter.generation.planner.language.tokens import split_name
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.parsing.trees import unique_name
from spark_interpreter.generation.planner.recent import Recent
from spark_interpreter.model import ColumnProfile, ForeignKey, TableProfile

_DEEPEST = 3
_MOST_LEGS = 12
_KEY_WORDS = frozenset(("id", "ids", "key", "code", "no", "nr", "number", "num"))
_LABELS = ("name", "title", "label")


@dataclass(frozen=True)
class Leg:
    """A table of a view.

    Attributes:
        alias: what its scan is called: the table, or its role where a table is reached twice.
        parent: the alias of the table whose rows refer to it; None for the root.
        key: the reference that leads here.
    """

    alias: str
    profile: TableProfile
    parent: str | None = None
    key: ForeignKey | None = None
    depth: int = 0

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Key columns of the parent and of this table that agree."""
        return tuple(zip(self.key.columns, self.key.references, strict=True)) if self.key else ()


@dataclass(frozen=True)
class View:
    """A root table and its legs, with the columns of all as one profile.

    Attributes:
        profile: the root's profile with the columns of all legs, each under a name of its own.
        origin: where a wide column comes from, as (alias, column).
        display: for a leg, the wide column that shows a person which row is meant; none where the
            row has no name and several columns together are its key.
        keys: for a leg, the wide columns that identify its row.
    """

    root: TableProfile
    legs: tuple[Leg, ...]
    profile: TableProfile
    origin: dict[str, tuple[str, str]]
    display: dict[str, str]
    keys: dict[str, tuple[str, ...]]
    _wide: dict[tuple[str, str], str] = field(repr=False)

    @property
    def top(self) -> Leg:
        """The root as a leg."""
        return self.legs[0]

    def leg(self, alias: str) -> Leg:
        return next(leg for leg in self.legs if leg.alias == alias)

    def wide(self, alias: str, column: str) -> str | None:
        """The wide name of a leg's column."""
        return self._wide.get((alias, column))

    def upwards(self, alias: str) -> tuple[str, ...]:
        """The leg itself and those on the way to the root."""
        names: list[str] = []
        at: str | None = alias
        while at is not None:
            names.append(at)
            at = self.leg(at).parent
        return tuple(names)

    def covers(self, alias: str, other: str) -> bool:
        """Whether each row of the first leg means one row of the other."""
        return alias in self.upwards(other)

    def twins(self, alias: str) -> tuple[Leg, ...]:
        """Every leg over the same table."""
        name = self.leg(alias).profile.name
        return tuple(leg for leg in self.legs[1:] if leg.profile.name == name)


_VIEWS: Recent[View | None] = Recent(64)


def view_of(root: TableProfile, profiles: Sequence[TableProfile]) -> View | None:
    """The view over a table; None when it refers to no other. The last few are kept."""
    return _VIEWS.of(root, *profiles, make=lambda: _made(root, profiles))


def _made(root: TableProfile, profiles: Sequence[TableProfile]) -> View | None:
    legs = _legs(root, {profile.name: profile for profile in profiles})
    if len(legs) == 1:
        return None
    columns = {column.name: column for column in root.columns}
    wide = {(root.name, column.name): column.name for column in root.columns}
    for leg in legs[1:]:
        for mine, other in leg.pairs:
            wide[leg.alias, other] = wide[leg.parent or "", mine]
        for column in leg.profile.columns:
            if (leg.alias, column.name) in wide:
                continue
            name = unique_name(_wide_name(leg, column), tuple(columns))
            wide[leg.alias, column.name] = name
            columns[name] = column.model_copy(update={"name": name, "unique": False})
    origin: dict[str, tuple[str, str]] = {}
    for at, name in wide.items():
        origin.setdefault(name, at)
    keys = {leg.alias: tuple(wide[leg.parent or "", mine] for mine, _ in leg.pairs) for leg in legs}
    display = {
        leg.alias: wide[leg.alias, shown.name]
        for leg in legs[1:]
        if (shown := display_column(leg.profile) or _own_key(leg))
    }
    profile = root.model_copy(update={"columns": tuple(columns.values())})
    return View(root, legs, profile, origin, display, keys, wide)


def _legs(root: TableProfile, tables: dict[str, TableProfile]) -> tuple[Leg, ...]:
    """The root and what it refers to, nearest first; a table is reached by its shortest ways."""
    legs = [Leg(root.name, root)]
    reached = {root.name: 0}
    at = 0
    while at < len(legs) and len(legs) < _MOST_LEGS:
        leg = legs[at]
        at += 1
        if leg.depth == _DEEPEST or (leg.depth and leg.profile.name == root.name):
            continue
        for key in leg.profile.foreign_keys:
            table = tables.get(key.table)
            itself = key.table == root.name
            if table is None or (itself and leg.depth):
                continue
            if not itself and reached.get(table.name, leg.depth + 1) <= leg.depth:
                continue
            reached.setdefault(table.name, leg.depth + 1)
            legs.append(Leg("", table, leg.alias or str(at - 1), key, leg.depth + 1))
    return _named(legs[:_MOST_LEGS])


def _named(legs: list[Leg]) -> tuple[Leg, ...]:
    """The legs under names of their own, which say their role where a table comes up again."""
    counts = Counter(leg.profile.name for leg in legs)
    named: list[Leg] = [legs[0]]
    known = {legs[0].alias: legs[0].alias}
    for number, leg in enumerate(legs[1:], start=1):
        assert leg.key is not None
        assert leg.parent is not None
        parent = known[leg.parent]
        name = leg.profile.name
        if counts[name] > 1:
            role = _role(leg.key.columns[0])
            same = " ".join(role) == " ".join(map(singular, full_words(name)))
            above = [] if parent == legs[0].alias else [singular(parent)]
            name = "_".join([*above, *(role if role and not same else [singular(name)])])
        name = unique_name(name, [one.alias for one in named])
        known[str(number)] = name
        named.append(Leg(name, leg.profile, parent, leg.key, leg.depth))
    return tuple(named)


def _role(column: str) -> list[str]:
    """What a key column says of the row it means ("home_team_id": home team)."""
    words = list(split_name(column))
    while len(words) > 1 and words[-1] in _KEY_WORDS:
        words.pop()
    return words


def _wide_name(leg: Leg, column: ColumnProfile) -> str:
    words = [singular(word) for word in full_words(leg.alias)]
    own = [singular(word) for word in full_words(column.name)]
    if words and words[-1] in own and leg.alias == leg.profile.name:
        return column.name
    if len(own) > 1 and own[0] == words[-1]:
        words.pop()
    return "_".join([*words, column.name])


def display_column(profile: TableProfile) -> ColumnProfile | None:
    """The column that tells a person which row is meant: a name or title."""
    own = {singular(word) for word in full_words(profile.name)}
    texts = [c for c in profile.columns if not (c.numeric or c.temporal)]
    for fits in (_is_own_label(own), _is_label, lambda words: set(words) <= own):
        for column in texts:
            if fits([singular(word) for word in full_words(column.name)]):
                return column
    return None


def _own_key(leg: Leg) -> ColumnProfile | None:
    """The key; of several columns the one that is called like the table ("sensor" of sensors)."""
    keys = [leg.profile.column(name) for _, name in leg.pairs]
    own = [singular(word) for word in full_words(leg.profile.name)]
    called = (c for c in keys if [singular(word) for word in _role(c.name)] == own)
    return keys[0] if len(keys) == 1 else next(called, None)


def _is_own_label(own: set[str]) -> Callable[[Sequence[str]], bool]:
    return lambda words: _is_label(words) and set(words) - set(_LABELS) <= own


def _is_label(words: Sequence[str]) -> bool:
    return bool(words) and words[-1] in _LABELS and not {"first", "last", "middle"} & set(words)
