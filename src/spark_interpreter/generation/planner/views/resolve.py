"""From a frame over a view to a plan over its tables, in which no row is counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.parsing.assemble import assemble, conjunction
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.naming import measure_name
from spark_interpreter.generation.planner.parsing.trees import (
    columns_of,
    unique_name,
    walk,
)
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Compare,
    Constant,
    Distinct,
    Exists,
    Filter,
    IsNull,
    Join,
    Limit,
    Named,
    Not,
    OneOf,
    Plan,
    Predicate,
    Project,
    Relation,
    ScalarQuery,
    Scan,
    Sort,
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


def partners(
    view: View, leg: Leg, filters: Sequence[Predicate], used: Iterable[str] = ()
) -> tuple[Exists, tuple[Leg, ...]]:
    """The condition that a row of the leg has a root row that meets the filters."""
    resolver = _Resolver(Frame(table=view.root.name), view)
    resolver.grain = leg.alias
    return resolver.matches(filters, used)


def matched_by(view: View, legs: Iterable[Leg]) -> tuple[str, ...]:
    """How the tables of the legs, and those on the way to them, belong together if nobody said."""
    aliases = dict.fromkeys(alias for leg in legs for alias in view.upwards(leg.alias))
    notes = (_reference(view.leg(alias), view, kept=False) for alias in aliases)
    return tuple(note for note in notes if note is not None)


def every_value(frame: Frame) -> Frame:
    """The frame with "A and B" as one condition each, which different matches may meet.

    As in "students who take Algebra and Physics": one enrolment is never in both.
    """
    if frame.aggregates:
        return frame
    parts: list[Predicate] = []
    for part in frame.filters:
        if isinstance(part, OneOf):
            parts += [Compare(op="=", left=part.value, right=option) for option in part.options]
        else:
            parts.append(part)
    return frame.model_copy(update={"filters": tuple(parts)})


def _alternatives(filters: Sequence[Predicate]) -> list[tuple[Predicate, ...]]:
    """The conditions in rows that one match can meet: a column has one value at a time."""
    equal: dict[Any, list[Predicate]] = {}
    for part in filters:
        if isinstance(part, Compare) and part.op == "=":
            equal.setdefault(part.left, []).append(part)
    several = [parts for parts in equal.values() if len(parts) > 1]
    if not several:
        return [tuple(filters)]
    if len(several) > 1:
        raise NotJoinable("Several lists of values cannot be told apart.")
    rest = tuple(part for part in filters if part not in several[0])
    return [(*rest, part) for part in several[0]]


def _either(filters: Sequence[Predicate]) -> tuple[Predicate, ...]:
    """Conditions on rows: of several values of one column any will do."""
    made: list[Predicate] = []
    equal: dict[Any, list[Compare]] = {}
    for part in filters:
        if isinstance(part, Compare) and part.op == "=" and isinstance(part.right, Constant):
            equal.setdefault(part.left, []).append(part)
        else:
            made.append(part)
    for value, parts in equal.items():
        options = tuple(part.right for part in parts if isinstance(part.right, Constant))
        made.append(parts[0] if len(parts) == 1 else OneOf(value=value, options=options))
    return tuple(made)


@dataclass
class _Resolver:
    frame: Frame
    view: View
    grain: str = ""
    kept: set[str] = field(default_factory=set)
    """Legs whose lack keeps the row."""

    def plan(self) -> Plan:
        if self.frame.report or (self.frame.change and self.frame.pivot):
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
        """The leg each row of which means one value of every column, the root if none does."""
        names = tuple(names)
        fitting = [leg for leg in self.view.legs if self._within(names, leg.alias)]
        own = [leg for leg in fitting if any(self._alias(name) == leg.alias for name in names)]
        keyed = [leg for leg in fitting if set(names) <= set(self.view.keys[leg.alias])]
        best = max(own or keyed or [self.view.top], key=lambda leg: -leg.depth)
        return best.alias

    def _alias(self, name: str) -> str:
        return self.view.origin[name][0]

    def _within(self, tree: Any, grain: str) -> bool:
        """Whether each row of the grain has one value of all columns in the tree."""
        keys = self.view.keys[grain]
        names = tree if _are_names(tree) else columns_of(tree)
        return all(name in keys or grain in self.view.upwards(self._alias(name)) for name in names)

    def _lifts(self) -> bool:
        """Whether everything that is shown belongs to the grain's own rows."""
        frame = self.frame
        return self._within(
            (frame.columns, frame.keys, frame.measures, frame.order, frame.having, frame.per),
            self.grain,
        )

    # --- three ways -----------------------------------------------------------------------------

    def _over_root(self) -> Plan:
        self.frame = self.frame.model_copy(update={"filters": _either(self.frame.filters)})
        self.frame, best = self._of_best()
        frame = self.frame
        used = {self._alias(name) for name in columns_of(_parts(frame))}
        needed = {self._alias(n) for n in columns_of((_needing(frame.filters), self._sure_keys()))}
        source, joined = self._joined(self.view.top, used, needed)
        if best is not None:
            source = Filter(input=source, predicate=best)
        if len(joined) > 1 and not frame.aggregates and not frame.columns:
            own = tuple(
                Named(name=c.name, value=Column(name=c.name)) for c in self.view.root.columns
            )
            frame = frame.model_copy(update={"columns": own})
        return self._assembled(frame, source, joined, at=self.view.root.name)

    def _of_best(self) -> tuple[Frame, Exists | None]:
        """As in "cities in the county with the most officers": the county is cut, not its rows."""
        frame = self.frame
        if frame.aggregates or frame.limit is None or frame.per or not frame.order:
            return frame, None
        alias = self._lowest(columns_of(frame.order))
        if alias == self.view.root.name or self._within((frame.columns,), alias):
            return frame, None
        leg = self.view.leg(alias)
        filters = tuple(p for p in frame.filters if self._within(p, alias))
        self.grain = alias
        used = {self._leg_of(name) for name in columns_of((frame.order, filters))} | {alias}
        rows, _ = self._joined(leg, used, used)
        if filters:
            rows = Filter(input=rows, predicate=conjunction(self._at_tables(filters, at=alias)))
        order = self._at_tables(frame.order, at=alias)
        rows = Limit(input=Sort(input=rows, keys=order), count=frame.limit)
        keys = tuple(
            Named(name=other, value=Column(name=other, table=alias)) for _, other in leg.pairs
        )
        on = tuple((mine, other) for mine, other in leg.pairs)
        if leg.parent != self.view.root.name:
            raise NotJoinable("The first of a table that is further away is not looked up.")
        rest = tuple(p for p in frame.filters if p not in filters)
        self.grain = self.view.root.name
        frame = frame.model_copy(update={"limit": None, "order": (), "filters": rest})
        return frame, Exists(relation=Project(input=rows, columns=keys), on=on)

    def _sure_keys(self) -> tuple[Named, ...]:
        """Keys that a group must have: what is ranked or has to meet a condition is somebody."""
        asked = self.frame.having or self.frame.limit is not None
        return self.frame.keys if asked and self.frame.aggregates else ()

    def _lifted(self) -> Plan:
        """Rows of the grain that have a match: each counts once, however many matches it has."""
        frame, grain = self.frame, self.grain
        own = _either([p for p in frame.filters if self._within(p, grain)])
        others = tuple(p for p in frame.filters if not self._within(p, grain))
        if any(_negates(node) for node in walk(others)):
            raise NotJoinable("A row with another value is not the lack of one with this value.")
        frame = frame.model_copy(
            update={"filters": own, "distinct": False, "columns": self._with_key(frame.columns)}
        )
        used = {self._leg_of(name) for name in columns_of(_parts(frame))} | {grain}
        needed = {self._leg_of(name) for name in columns_of(_needing(own))}
        start = self.view.leg(grain)
        source, joined = self._joined(start, used, needed)
        found = [self.matches(parts) for parts in _alternatives(others)]
        inner = tuple(dict.fromkeys(leg.alias for _, legs in found for leg in legs))
        source = Filter(input=source, predicate=conjunction([match for match, _ in found]))
        read = (*joined, *(self.view.leg(alias) for alias in inner))
        return self._assembled(frame, source, read, at=grain)

    def _with_key(self, columns: tuple[Named, ...]) -> tuple[Named, ...]:
        """Rows that are shown by a name which others may have too get their key in front."""
        shown = {column.name for column in columns}
        if _display_is_unique(self.view, self.grain) or self.view.display[self.grain] not in shown:
            return columns
        keys = [
            Named(name=other, value=Column(name=mine))
            for mine, (_, other) in zip(
                self.view.keys[self.grain], self.view.leg(self.grain).pairs, strict=True
            )
            if mine not in shown
        ]
        return (*keys, *columns)

    def _leg_of(self, name: str) -> str:
        """The leg that a column is read from once the rows are the grain's."""
        return self.grain if name in self.view.keys[self.grain] else self._alias(name)

    def matches(
        self, filters: Sequence[Predicate], also: Iterable[str] = ()
    ) -> tuple[Exists, tuple[Leg, ...]]:
        """The condition that a row of the grain has a root row that meets the filters."""
        leg = self.view.leg(self.grain)
        names = (*columns_of(filters), *self.view.keys[leg.alias], *also)
        used = {self._alias(name) for name in names}
        source, joined = self._joined(self.view.top, used, used)
        if filters:
            source = Filter(input=source, predicate=conjunction(self._at_tables(tuple(filters))))
        keys = tuple(
            Named(name=self.view.origin[name][1], value=self._column(name))
            for name in self.view.keys[leg.alias]
        )
        on = tuple((other, key.name) for (_, other), key in zip(leg.pairs, keys, strict=True))
        return Exists(relation=Project(input=source, columns=keys), on=on), joined

    def _deduplicated(self) -> Plan:
        """Each row of the grain once in each group, however often the join repeats it."""
        frame = self.frame
        names = columns_of((frame.measures, frame.having, frame.order))
        used = {self._alias(name) for name in columns_of(_parts(frame))}
        needed = {self._alias(name) for name in columns_of(_needing(frame.filters))}
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

    def _assembled(self, frame: Frame, source: Relation, joined: Sequence[Leg], *, at: str) -> Plan:
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
        said = [*plan.assumptions, *self._at_least_one()]
        for leg in joined:
            note = _reference(leg, self.view, kept=leg.alias in self.kept)
            if note and note not in said:
                said.append(note)
        return plan.model_copy(update={"assumptions": tuple(said)})

    def _at_least_one(self) -> tuple[str, ...]:
        """As in "customers with fewer than 3 orders": those with none are in no group."""
        few = any(
            isinstance(node, Compare) and node.op in {"<", "<="} for node in walk(self.frame.having)
        )
        entities = [
            alias
            for alias, name in self.view.display.items()
            if any(columns_of(key.value) == (name,) for key in self.frame.keys)
        ]
        if not few or not entities:
            return ()
        tables = " and ".join(self.view.leg(alias).profile.name for alias in entities)
        return (f"only {tables} that have rows in {self.view.root.name} are counted",)

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
            self.kept |= {leg.alias} if left else set()
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


def _needing(filters: Sequence[Predicate]) -> tuple[Predicate, ...]:
    """The conditions that only a row with a partner meets; one without has nothing of it."""
    return tuple(part for part in filters if not isinstance(part, IsNull))


def _are_names(tree: Any) -> bool:
    return isinstance(tree, tuple) and all(isinstance(part, str) for part in tree)


def _negates(node: Model) -> bool:
    """Whether a condition says what a value is not."""
    return isinstance(node, Not) or (isinstance(node, Compare) and node.op == "!=")


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
        if alias is None:
            return node
        value, *others = (Column(name=name) for name in view.keys[alias])
        if len(others) > 1:
            raise NotJoinable("Rows with a key of three columns cannot be counted in groups.")
        return node.model_copy(update={"value": value, "other": others[0] if others else None})

    def keyed(tree: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(plan_tools.transform(part, counted) for part in tree)

    def renamed(measure: Named) -> Named:
        value = plan_tools.transform(measure.value, counted)
        if value == measure.value or not isinstance(value, Aggregated):
            return measure
        both = "_".join(("distinct", *columns_of((value.value, value.other))))
        return Named(name=both if value.other else measure_name(value), value=value)

    keys: list[Named] = []
    for key in frame.keys:
        alias = shown.get(key.value.name) if isinstance(key.value, Column) else None
        if alias is not None and frame.pivot is None and not _display_is_unique(view, alias):
            for name in view.keys[alias]:
                if all(Column(name=name) != other.value for other in (*keys, *frame.keys)):
                    taken = [other.name for other in (*keys, *frame.keys, *frame.measures)]
                    shown_as = unique_name(view.origin[name][1], taken)
                    keys.append(Named(name=shown_as, value=Column(name=name)))
        keys.append(key)
    notes = tuple(
        note for note in frame.assumptions
        if not any(note == f"counting different values of {name}" for name in shown)
    )  # fmt: skip
    return frame.model_copy(
        update={
            "keys": tuple(keys),
            "per": _per_keys(frame, view, shown),
            "measures": tuple(map(renamed, frame.measures)),
            "having": keyed(frame.having),
            "order": keyed(frame.order),
            "assumptions": notes,
        }
    )


def _per_keys(frame: Frame, view: View, shown: dict[str, str]) -> tuple[Named, ...]:
    """What rows are cut for each of: those a name stands for by their keys, if rows are listed."""
    if frame.aggregates:
        return frame.per
    per: list[Named] = []
    for named in frame.per:
        alias = shown.get(named.value.name) if isinstance(named.value, Column) else None
        if alias is None or _display_is_unique(view, alias):
            per.append(named)
        else:
            per += [Named(name=name, value=Column(name=name)) for name in view.keys[alias]]
    return tuple(per)


def _display_is_unique(view: View, alias: str) -> bool:
    """Whether what a row is shown by is enough to tell it apart."""
    name = view.display.get(alias)
    if name is None:
        return True
    owner, column = view.origin[name]
    if owner != alias:
        return len(view.keys[alias]) == 1
    profile = view.leg(alias).profile
    return profile.column(column).unique


def _may_lack(leg: Leg, view: View) -> bool:
    """Whether a row of the parent may have no partner in the leg."""
    assert leg.key is not None
    assert leg.parent is not None
    parent = view.leg(leg.parent).profile
    missing = any(parent.column(name).null_count for name in leg.key.columns)
    partial = leg.key.overlap is not None and leg.key.overlap < 1
    return missing or partial or leg.key.partial


def _reference(leg: Leg, view: View, *, kept: bool) -> str | None:
    """How two tables belong together, where nobody declared it."""
    if leg.key is None or leg.parent is None or leg.key.origin == "declared":
        return None
    parent = view.leg(leg.parent).profile
    pairs = " and ".join(
        f"{parent.name}.{mine} matches {leg.profile.name}.{other}" for mine, other in leg.pairs
    )
    if leg.key.overlap is None:
        return pairs
    values = "values" if len(leg.pairs) == 1 else "combinations"
    if leg.key.partial and leg.key.overlap == 1 and len(leg.pairs) == 1:
        values = "values seen"
    share = f"{100 * leg.key.overlap:.3g} % of its {values}"
    empty = f"; rows without a match stay, with nothing of {leg.profile.name}" if kept else ""
    return f"{pairs} ({share}{empty})"
