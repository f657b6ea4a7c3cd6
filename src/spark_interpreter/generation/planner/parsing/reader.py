"""The last step of a parse: from reduced items to the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.frame import Change, Frame
from spark_interpreter.generation.planner.parsing.items import ColumnLinks, Item
from spark_interpreter.generation.planner.parsing.rules.measures import measure
from spark_interpreter.generation.planner.parsing.rules.ordering import Cut
from spark_interpreter.generation.planner.parsing.trees import columns_of, is_aggregate
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Compare,
    Named,
    Predicate,
    SortKey,
)

_MANY_COLUMNS = 12


@dataclass
class Slots:
    """What the items say, sorted by what it is good for."""

    columns: list[Named] = field(default_factory=list)
    quantities: list[Named] = field(default_factory=list)
    measures: list[Named] = field(default_factory=list)
    filters: list[Predicate] = field(default_factory=list)
    having: list[Predicate] = field(default_factory=list)
    order: list[SortKey] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    extremes: list[Cut] = field(default_factory=list)
    keys: list[Named] = field(default_factory=list)
    by: list[Named] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    direction: str | None = None
    limit: int | None = None
    distinct: bool = False
    rows: bool = False
    counted: bool = False
    leftover: list[Item] = field(default_factory=list)
    change: Change | None = None
    chart: str | None = None
    wh: bool = False


def collect(items: Sequence[Item], context: Context) -> Slots:
    """The items by their role."""
    slots = Slots()
    for item in items:
        slots.notes += [note for note in item.notes if note not in slots.notes]
        _place(item, slots, context)
    return slots


def _place(item: Item, slots: Slots, context: Context) -> None:
    match item.kind:
        case "COL":
            _place_column(item, slots, context)
        case "MEA":
            slots.measures += [m for m in item.data if m not in slots.measures]
        case "PRED":
            slots.filters.append(item.data)
        case "HAV":
            slots.having.append(item.data)
        case "ORD":
            slots.order += item.data
        case "TOP":
            slots.cuts.append(item.data)
        case "EXTCOL":
            slots.extremes.append(item.data)
        case "KEY":
            slots.keys += item.data
        case "BYKEY":
            slots.by += item.data
        case "DIRN":
            slots.direction = item.data
        case "LIM":
            slots.limit = item.data
        case "DIST":
            slots.distinct = True
        case "TAB":
            slots.rows = True
        case "VIS":
            slots.chart = item.text
        case "W":
            slots.wh = slots.wh or item.text in {"which", "who", "whose"}
        case _:
            slots.leftover.append(item)


def _place_column(item: Item, slots: Slots, context: Context) -> None:
    links: ColumnLinks = item.data
    named = context.named(links.best)
    if item.text in {"quantity", "how many"}:
        slots.quantities.append(named)
        return
    parts = context.parts.get(links.best.name)
    if parts:
        slots.columns += [p for p in map(context.named, parts) if p not in slots.columns]
    elif all(named.value != other.value for other in slots.columns):
        slots.columns.append(named)


def frame_of(slots: Slots, context: Context) -> Frame | None:
    """The frame the slots describe; None when they do not go together."""
    _settle_counts(slots)
    _settle_by(slots, context)
    _settle_quantities(slots, context)
    _settle_extremes(slots, context)
    cut = slots.cuts[0] if slots.cuts else None
    if len(slots.cuts) > 1:
        slots.leftover += [Item("TOP", "top", frozenset())] * (len(slots.cuts) - 1)
    if _is_grouped(slots, cut):
        return _grouped(slots, cut, context)
    return _listed(slots, cut, context)


def _settle_counts(slots: Slots) -> None:
    """Values of a column that a condition fixes are not what is counted: the rows are."""
    fixed = set(columns_of(tuple(slots.filters)))
    for at, named in enumerate(slots.measures):
        value = named.value
        if isinstance(value, Aggregated) and value.distinct and set(columns_of(value)) <= fixed:
            slots.measures[at] = Named(name="count", value=count())


def _settle_by(slots: Slots, context: Context) -> None:
    """ "by city" groups when something is measured, and sorts a list."""
    if not slots.by:
        return
    measurable = [
        n for n in slots.columns if _column(n, context) and context.measurable(_column(n, context))  # type: ignore[arg-type]
    ]
    if slots.measures or slots.quantities or slots.having or any(c.value is None for c in slots.cuts):
        slots.keys += slots.by
    elif measurable and len(measurable) == len(slots.columns):
        slots.keys += slots.by
        slots.measures += [measure("sum", _column(n, context), context) for n in measurable]  # type: ignore[arg-type]
        slots.notes += [f"{n.name} summed up" for n in measurable]
        slots.columns = []
    else:
        descending = slots.direction == "desc"
        slots.order += [SortKey(value=n.value, descending=descending) for n in slots.by]
        slots.direction = None


def _column(named: Named, context: Context) -> object:
    for column in context.profile.columns:
        if column.name == named.name:
            return column
    return None


def _settle_quantities(slots: Slots, context: Context) -> None:
    """ "how many seats": the sum, or the number that stands with a listed row."""
    for named in slots.quantities:
        column = _column(named, context)
        single = any(_column(n, context).unique for n in slots.columns if _column(n, context))  # type: ignore[attr-defined]
        listed = single or slots.cuts or slots.order or slots.direction
        if listed or column is None:
            slots.columns.append(named)
        else:
            slots.measures.append(measure("sum", column, context))  # type: ignore[arg-type]
    slots.quantities = []


def _settle_extremes(slots: Slots, context: Context) -> None:
    """ "the highest salary": the value itself, unless it says which rows are wanted."""
    del context
    for cut in slots.extremes:
        assert cut.value is not None
        asked_for_rows = bool(slots.columns) or (slots.wh and slots.rows)
        if asked_for_rows and not slots.keys and not slots.measures:
            slots.cuts.append(cut)
            continue
        function = "max" if cut.descending else "min"
        names = columns_of(cut.value)
        value = Aggregated(function=function, value=cut.value)  # type: ignore[arg-type]
        slots.measures.append(Named(name=f"{function}_{'_'.join(names)}", value=value))
    slots.extremes = []


def _is_grouped(slots: Slots, cut: Cut | None) -> bool:
    by_count = cut is not None and (cut.value is None or is_aggregate(cut.value))
    sorted_by_measure = any(is_aggregate(key.value) for key in slots.order)
    return bool(slots.measures or slots.having or by_count or sorted_by_measure)


def _grouped(slots: Slots, cut: Cut | None, context: Context) -> Frame | None:
    fixed = {
        columns_of(part.left) for part in slots.filters
        if isinstance(part, Compare) and part.op == "="
    }  # fmt: skip
    shown = [n for n in slots.columns if columns_of(n.value) not in fixed or not slots.measures]
    keys = _unique([*slots.keys, *shown])
    if cut is not None and cut.of:
        keys = _unique([*cut.of, *keys])
    if not keys and (slots.having or cut is not None):
        keys = [context.named(column) for column in context.label()]
        if not keys:
            return None
    order = [_grouped_key(key, keys, slots) for key in slots.order]
    if None in order:
        return None
    sort = tuple(key for key in order if key is not None)
    measures = list(slots.measures)
    limit = slots.limit
    if cut is not None:
        value = cut.value or count()
        sort = (SortKey(value=value, descending=cut.descending), *sort)
        limit = cut.number
    elif slots.direction and not sort:
        value = measures[0].value if measures else keys[0].value
        sort = (SortKey(value=value, descending=slots.direction == "desc"),)
    return Frame(
        table=context.profile.name,
        filters=tuple(slots.filters),
        keys=tuple(keys),
        measures=tuple(measures),
        having=tuple(slots.having),
        order=sort,
        limit=limit,
        change=slots.change,
        assumptions=tuple(slots.notes),
    )


def _grouped_key(key: SortKey, keys: Sequence[Named], slots: Slots) -> SortKey | None:
    """A sort key over groups: a key, a measure, or the measure of the column it names."""
    if is_aggregate(key.value) or any(named.value == key.value for named in keys):
        return key
    for named in slots.measures:
        aggregate = named.value
        if isinstance(aggregate, Aggregated) and aggregate.value == key.value:
            return key.model_copy(update={"value": aggregate})
    return None


def _unique(named: Sequence[Named]) -> list[Named]:
    return list({n.name: n for n in named}.values())


def _listed(slots: Slots, cut: Cut | None, context: Context) -> Frame | None:
    columns = list(slots.columns)
    order = list(slots.order)
    limit, per = slots.limit, ()
    if cut is not None:
        assert cut.value is not None
        order = [SortKey(value=cut.value, descending=cut.descending), *order]
        limit = cut.number
        per = tuple(slots.keys)
    elif slots.direction and not order:
        order = _shown_order(slots, columns, context)
    if slots.keys:
        columns = _unique([*slots.keys, *columns])
    if not columns and not slots.rows and not slots.filters and not order:
        return None
    if not columns and (slots.wh or cut is not None) :
        columns = _labelled(slots, order, context)
    return Frame(
        table=context.profile.name,
        columns=tuple(columns),
        distinct=slots.distinct and cut is None,
        filters=tuple(slots.filters),
        order=tuple(order),
        limit=limit,
        per=per,
        assumptions=tuple(slots.notes),
    )


def _shown_order(slots: Slots, columns: Sequence[Named], context: Context) -> list[SortKey]:
    descending = slots.direction == "desc"
    shown = columns or [context.named(column) for column in context.label()[:1]]
    return [SortKey(value=named.value, descending=descending) for named in shown[:1]]


def _labelled(slots: Slots, order: Sequence[SortKey], context: Context) -> list[Named]:
    """What tells a person which rows are meant: all of a narrow table, else name and reasons."""
    if len(context.profile.columns) <= _MANY_COLUMNS:
        return []
    names = [column.name for column in context.label()]
    names += columns_of(tuple(key.value for key in order))
    names += columns_of(tuple(slots.filters))
    known = {column.name for column in context.profile.columns}
    if not context.label():
        return []
    return [Named(name=n, value=Column(name=n)) for n in dict.fromkeys(names) if n in known]
