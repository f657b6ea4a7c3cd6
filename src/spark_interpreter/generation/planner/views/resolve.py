"""From a frame over a view to a plan over its tables, in which no row is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.parsing.assemble import assemble, conjunction
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.trees import columns_of, walk
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Distinct,
    Exists,
    Filter,
    Join,
    Named,
    Plan,
    Predicate,
    Project,
    Relation,
    ScalarQuery,
    Scan,
)
from spark_interpreter.generation.planner.views.view import Leg, View
from spark_interpreter.model import Model

_IMMUNE = frozenset(("min", "max", "collect_set", "mode"))


class NotJoinable(Exception):
    """The tables cannot be put together without counting rows more than once; says why."""


def resolve(frame: Frame, view: View) -> Plan:
    """The plan of a frame whose columns are those of the view.

    Raises:
        NotJoinable: its measures are of tables that no join puts side by side.
    """
    return _Resolver(frame, view).plan()


@dataclass
class _Resolver:
    frame: Frame
    view: View

    def plan(self) -> Plan:
        if self.frame.report or self.frame.change and self.frame.pivot:
            raise NotJoinable("Reports are made of one table at a time.")
        self.frame = _by_keys(self.frame, self.view)
        self.grain = self._grain()
        if self.grain != self.view.root.name and self._lifts():
            return self._lifted()
        if self.grain != self.view.root.name and self.frame.aggregates:
            return self._deduplicated()
        return self._over_root()

    # --- which rows -----------------------------------------------------------------------------

    def _grain(self) -> str:
        """The table whose rows are measured or listed."""
        frame, root = self.frame, self.view.root.name
        if not frame.aggregates:
            shown = columns_of((frame.columns, frame.order))
            if not frame.columns or frame.rows:
                return root
            return self._lowest(shown)
        grains = set()
        for node in walk((frame.measures, frame.having, frame.order)):
            if isinstance(node, Aggregated) and not (node.distinct or node.function in _IMMUNE):
                names = columns_of((node.value, node.other, node.where))
                grains.add(self._lowest(names) if names else root)
        if len(grains) > 1:
            tables = " and ".join(sorted(self.view.leg(alias).profile.name for alias in grains))
            raise NotJoinable(
                f"Rows of {tables} cannot be measured side by side without counting some twice."
            )
        return grains.pop() if grains else root

    def _lowest(self, names: Iterable[str]) -> str:
        """The leg each row of which means one value of every column."""
        aliases = {self._alias(name) for name in names}
        for alias in aliases:
            if all(self.view.covers(alias, other) for other in aliases):
                return alias
        return self.view.root.name

    def _alias(self, name: str) -> str:
        return self.view.origin[name][0]

    def _within(self, tree: Any, grain: str) -> bool:
        """Whether each row of the grain has one value of all columns in the tree."""
        keys = self.view.keys[grain]
        return all(
            name in keys or grain in self.view.upwards(self._alias(name))
            for name in columns_of(tree)
        )

    def _lifts(self) -> bool:
        """Whether everything that is shown belongs to the grain's own rows."""
        frame = self.frame
        return self._within((frame.columns, frame.keys, frame.measures, frame.order, frame.having, frame.per), self.grain)

    # --- three ways -----------------------------------------------------------------------------

    def _over_root(self) -> Plan:
        frame = self.frame
        used = {self._alias(name) for name in columns_of(_parts(frame))}
        needed = {self._alias(name) for name in columns_of(frame.filters)}
        source, joined = self._joined(self.view.top, used, needed)
        if len(joined) > 1 and not frame.aggregates and not frame.columns:
            own = tuple(Named(name=c.name, value=Column(name=c.name)) for c in self.view.root.columns)
            frame = frame.model_copy(update={"columns": own})
        return self._assembled(frame, source, joined, at=self.view.root.name)

    def _lifted(self) -> Plan:
        """Rows of the grain that have a match: each counts once, however many matches it has."""
        frame, grain = self.frame, self.grain
        own = tuple(p for p in frame.filters if self._within(p, grain))
        others = tuple(p for p in frame.filters if p not in own)
        frame = frame.model_copy(update={"filters": own, "distinct": False})
        used = {self._leg_of(name) for name in columns_of(_parts(frame))} | {grain}
        needed = {self._leg_of(name) for name in columns_of(own)}
        start = self.view.leg(grain)
        source, joined = self._joined(start, used, needed)
        matches, inner = self._matches(others)
        source = Filter(input=source, predicate=matches)
        plan = self._assembled(frame, source, (*joined, *inner), at=grain)
        return plan

    def _leg_of(self, name: str) -> str:
        """The leg that a column is read from once the rows are the grain's."""
        return self.grain if name in self.view.keys[self.grain] else self._alias(name)

    def _matches(self, filters: Sequence[Predicate]) -> tuple[Exists, tuple[Leg, ...]]:
        leg = self.view.leg(self.grain)
        used = {self._alias(name) for name in (*columns_of(filters), *self.view.keys[leg.alias])}
        source, joined = self._joined(self.view.top, used, used)
        if filters:
            source = Filter(input=source, predicate=conjunction(self._at_tables(filters)))
        keys = tuple(
            Named(name=self.view.origin[name][1], value=self._column(name))
            for name in self.view.keys[leg.alias]
        )
        on = tuple(
            (other, key.name) for (_, other), key in zip(leg.pairs, keys, strict=True)
        )
        return Exists(relation=Project(input=source, columns=keys), on=on), joined

    def _deduplicated(self) -> Plan:
        """Each row of the grain once in each group, however often the join repeats it."""
        frame = self.frame
        names = columns_of((frame.measures, frame.having, frame.order))
        used = {self._alias(name) for name in columns_of(_parts(frame))}
        needed = {self._alias(name) for name in columns_of(frame.filters)}
        source, joined = self._joined(self.view.top, used, needed)
        if frame.filters:
            source = Filter(input=source, predicate=conjunction(self._at_tables(frame.filters)))
        keys = self.view.keys[self.grain]
        columns = [*(Named(name=k.name, value=self._at_tables(k.value)) for k in frame.keys)]
        taken = [column.name for column in columns]
        columns += [
            Named(name=name, value=self._column(name))
            for name in dict.fromkeys((*keys, *names))
            if name not in taken
        ]
        rows = Distinct(input=Project(input=source, columns=tuple(columns)))
        grouped = frame.model_copy(
            update={
                "filters": (),
                "keys": tuple(Named(name=k.name, value=Column(name=k.name)) for k in frame.keys),
                "assumptions": (
                    *frame.assumptions,
                    f"each row of {self.view.leg(self.grain).profile.name} counts once in a group",
                ),
            }
        )
        return self._stated(assemble(grouped, self.view.profile, rows), joined)

    # --- pieces ---------------------------------------------------------------------------------

    def _assembled(
        self, frame: Frame, source: Relation, joined: Sequence[Leg], *, at: str
    ) -> Plan:
        substituted: Frame = self._at_tables(frame, at=at)
        columns = {c.name: c for leg in reversed(joined) for c in leg.profile.columns}
        own = self.view.leg(at).profile
        profile = own.model_copy(
            update={
                "columns": tuple(
                    c if c in own.columns else c.model_copy(update={"unique": False})
                    for c in columns.values()
                )
            }
        )
        return self._stated(assemble(substituted, profile, source), joined)

    def _stated(self, plan: Plan, joined: Sequence[Leg]) -> Plan:
        said = list(plan.assumptions)
        for leg in joined:
            note = _reference(leg, self.view)
            if note and note not in said:
                said.append(note)
        return plan.model_copy(update={"assumptions": tuple(said)})

    def _joined(
        self, start: Leg, used: set[str], needed: set[str]
    ) -> tuple[Relation, tuple[Leg, ...]]:
        """The start joined with the legs that are used, and those on the way to them."""
        wanted = {start.alias}
        inner = {start.alias}
        for alias in used:
            path = self.view.upwards(alias)
            if start.alias not in path:
                continue
            way = path[: path.index(start.alias)]
            wanted |= set(way)
            if alias in needed:
                inner |= set(way)
        legs = [leg for leg in self.view.legs if leg.alias in wanted]
        relation: Relation = _scan(start)
        lossy: set[str] = set()
        for leg in legs:
            if leg.alias == start.alias:
                continue
            may_lack = leg.parent in lossy or _may_lack(leg, self.view)
            left = may_lack and leg.alias not in inner
            lossy |= {leg.alias} if left else set()
            on = tuple(
                (Column(name=mine, table=leg.parent), Column(name=other, table=leg.alias))
                for mine, other in leg.pairs
            )
            how = "left" if left else "inner"
            relation = Join(left=relation, right=_scan(leg), on=on, how=how)
        return relation, tuple(sorted(legs, key=lambda leg: leg.alias != start.alias))

    def _column(self, name: str, at: str | None = None) -> Column:
        alias, column = self.view.origin[name]
        if at is not None and name in self.view.keys.get(at, ()):
            leg = self.view.leg(at)
            number = self.view.keys[at].index(name)
            return Column(name=leg.pairs[number][1], table=at)
        return Column(name=column, table=alias)

    def _at_tables(self, tree: Any, at: str | None = None) -> Any:
        """The tree with each wide column as the column of its table."""
        if isinstance(tree, tuple):
            return tuple(self._at_tables(part, at) for part in tree)
        if not isinstance(tree, Model):
            return tree
        if at == self.view.root.name:
            at = None
        tree = plan_tools.transform(tree, self._queried)
        return plan_tools.transform(tree, lambda node: self._placed(node, at), enter=_outside)

    def _queried(self, node: Model) -> Model:
        return self._query(node) if isinstance(node, ScalarQuery) else node

    def _placed(self, node: Model, at: str | None) -> Model:
        if isinstance(node, Column) and node.table is None and node.name in self.view.origin:
            return self._column(node.name, at)
        return node

    def _query(self, query: ScalarQuery) -> ScalarQuery:
        """A value over all rows of the table whose column it is ("above the average")."""
        aliases = {self._alias(name) for name in columns_of(query)}
        if len(aliases) != 1:
            raise NotJoinable("A comparison with an average needs columns of one table.")
        leg = self.view.leg(aliases.pop())

        def own(node: Model) -> Model:
            if isinstance(node, Scan):
                return Scan(table=leg.profile.name)
            if isinstance(node, Column):
                return Column(name=self.view.origin[node.name][1])
            return node

        return plan_tools.transform(query, own)


def _outside(node: Model) -> bool:
    """Whether a node is over the rows at hand; a subquery has rows of its own."""
    return not isinstance(node, ScalarQuery)


def _scan(leg: Leg) -> Scan:
    return Scan(table=leg.profile.name, alias=leg.alias if leg.alias != leg.profile.name else None)


def _parts(frame: Frame) -> tuple[Any, ...]:
    return (
        frame.columns, frame.filters, frame.keys, frame.measures, frame.having, frame.order,
        frame.per, frame.pivot,
    )  # fmt: skip


def _by_keys(frame: Frame, view: View) -> Frame:
    """What is counted or grouped by a name is told apart by its key, so namesakes stay apart."""
    shown = {name: alias for alias, name in view.display.items()}

    def counted(node: Model) -> Model:
        if not (isinstance(node, Aggregated) and node.distinct and isinstance(node.value, Column)):
            return node
        alias = shown.get(node.value.name)
        if alias is None or len(view.keys[alias]) != 1:
            return node
        return node.model_copy(update={"value": Column(name=view.keys[alias][0])})

    def keyed(tree: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(plan_tools.transform(part, counted) for part in tree)

    keys: list[Named] = []
    for key in frame.keys:
        alias = shown.get(key.value.name) if isinstance(key.value, Column) else None
        if alias is not None and frame.pivot is None and not _display_is_unique(view, alias):
            for name in view.keys[alias]:
                if all(name != other.name for other in (*keys, *frame.keys)):
                    keys.append(Named(name=name, value=Column(name=name)))
        keys.append(key)
    notes = tuple(
        note for note in frame.assumptions
        if not any(note == f"counting different values of {name}" for name in shown)
    )  # fmt: skip
    return frame.model_copy(
        update={
            "keys": tuple(keys),
            "measures": keyed(frame.measures),
            "having": keyed(frame.having),
            "order": keyed(frame.order),
            "assumptions": notes,
        }
    )


def _display_is_unique(view: View, alias: str) -> bool:
    name = view.display[alias]
    owner, column = view.origin[name]
    if owner != alias:
        return True
    profile = view.leg(alias).profile
    return profile.column(column).unique


def _may_lack(leg: Leg, view: View) -> bool:
    """Whether a row of the parent may have no partner in the leg."""
    assert leg.key is not None and leg.parent is not None
    parent = view.leg(leg.parent).profile
    missing = any(parent.column(name).null_count for name in leg.key.columns)
    partial = leg.key.overlap is not None and leg.key.overlap < 1
    return missing or partial


def _reference(leg: Leg, view: View) -> str | None:
    """How two tables belong together, where nobody declared it."""
    if leg.key is None or leg.parent is None or leg.key.origin == "declared":
        return None
    parent = view.leg(leg.parent).profile
    pairs = " and ".join(
        f"{parent.name}.{mine} matches {leg.profile.name}.{other}" for mine, other in leg.pairs
    )
    if leg.key.overlap is None:
        return pairs
    missing = sum(parent.column(name).null_count for name in leg.key.columns)
    share = f"{100 * leg.key.overlap:.3g} % of its values"
    empty = "; rows without it stay, as a group without a name" if missing else ""
    return f"{pairs} ({share}{empty})"

