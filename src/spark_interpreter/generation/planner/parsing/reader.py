"""The last step of a parse: from reduced items to the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, cast

from spark_interpreter.generation.planner.parsing.analytics import (
    each_row,
    each_value,
    either_period,
    either_value,
    not_measured,
    report_frame,
    settle_analysis,
)
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.frame import Change, Frame, ReportKind
from spark_interpreter.generation.planner.parsing.items import ODD, ColumnLinks, Item
from spark_interpreter.generation.planner.parsing.rules.measures import measure
from spark_interpreter.generation.planner.parsing.rules.nouns import EACH_ROW
from spark_interpreter.generation.planner.parsing.rules.ordering import Cut
from spark_interpreter.generation.planner.parsing.rules.predicates import EACH_VALUE, flag
from spark_interpreter.generation.planner.parsing.trees import columns_of, is_aggregate, walk
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Compare,
    IsNull,
    Named,
    Not,
    OneOf,
    Predicate,
    SortKey,
)
from spark_interpreter.model import ColumnProfile
from spark_interpreter.model.draft import ChartKind

_KEYS = frozenset(("id", "ids", "code", "codes", "number", "numbers", "key", "keys", "no"))
_MANY_COLUMNS = 12
_MANY = 12
_ASKING = frozenset(("list", "show", "what", "which", "find"))
_LISTS = {"MEA": "measures", "ORD": "order", "KEY": "keys", "BYKEY": "by"}
_PARTS = {"PRED": "filters", "HAV": "having", "TOP": "cuts", "EXTCOL": "extremes"}
_FLAGS = {"DIST": "distinct", "TAB": "rows", "COMPARE": "compared", "TREND": "trend"}
_SINGLE = {
    "DIRN": "direction", "LIM": "limit", "CHANGE": "change", "REPORT": "report", "PIVOT": "pivot",
}  # fmt: skip
_DEED = Item("DEED", "deed", frozenset())
_EVERYTHING = frozenset(("data", "everything", "dataset", "table", "file"))
_BARE = frozenset(("list", "show", "all", "the", "me", "give", "of", "?", ".", "please"))
_LISTING = frozenset(("list", "show", "display", "give", "return", "print", "get"))


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
    named: dict[str, Item] = field(default_factory=dict)
    keys: list[Named] = field(default_factory=list)
    by: list[Named] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    direction: str | None = None
    limit: int | None = None
    distinct: bool = False
    rows: bool = False
    each: bool = False
    counted: bool = False
    leftover: list[Item] = field(default_factory=list)
    change: Change | None = None
    unit: str = ""
    report: ReportKind | None = None
    compared: bool = False
    trend: bool = False
    pivoted: bool = False
    pivot: Named | None = None
    chart: ChartKind | Literal["any"] | None = None
    wh: bool = False
    who: bool = False
    verb: bool = False
    summed: bool = False
    asked: bool = False
    all: bool = False
    per: list[Named] = field(default_factory=list)
    ranked: bool = False
    bare: bool = False
    listed: list[OneOf] = field(default_factory=list)
    any_of: list[str] = field(default_factory=list)


def collect(items: Sequence[Item], context: Context) -> Slots:
    """The items by their role."""
    slots = Slots(bare=all(item.text in _BARE for item in items if item.kind != "COL"))
    for before, item in pairwise((ODD, *items)):
        if item.kind == "COL" and before.text in {"a", "an"}:
            slots.any_of.append(item.data.best.name)
        slots.notes += [note for note in item.notes if note not in slots.notes]
        _place(item, slots, context)
    return slots


def _place(item: Item, slots: Slots, context: Context) -> None:
    if item.kind == "COL":
        _place_column(item, slots, context)
    elif item.kind in _LISTS:
        known: list[object] = getattr(slots, _LISTS[item.kind])
        known += [part for part in item.data if part not in known]
        slots.summed = slots.summed or (item.kind == "KEY" and item.text != "each")
        slots.ranked = slots.ranked or (item.kind == "KEY" and item.text == "asked")
    elif item.kind in _PARTS:
        getattr(slots, _PARTS[item.kind]).append(item.data)
        if item.text == EACH_VALUE and isinstance(item.data, OneOf):
            slots.listed.append(item.data)
    elif item.kind in _FLAGS:
        setattr(slots, _FLAGS[item.kind], True)
        slots.each = slots.each or item.text == EACH_ROW
    elif item.kind in _SINGLE:
        setattr(slots, _SINGLE[item.kind], item.data)
        slots.unit = item.text if item.kind == "CHANGE" else slots.unit
        slots.pivoted = slots.pivoted or item.kind == "PIVOT"
    elif item.kind == "VIS":
        slots.chart = cast("ChartKind", item.text)
    elif item.kind == "W":
        _place_word(item.text, slots)
    else:
        slots.leftover.append(item)


def _place_word(word: str, slots: Slots) -> None:
    slots.verb = slots.verb or word in _LISTING
    slots.all = slots.all or word in _EVERYTHING
    slots.asked = slots.asked or word in _ASKING
    slots.wh = slots.wh or word in {"which", "who", "whose"}
    slots.who = slots.who or word == "who"


def _place_column(item: Item, slots: Slots, context: Context) -> None:
    links: ColumnLinks = item.data
    named = context.named(links.best)
    if item.text in {"#quantity", "#how many"}:
        slots.quantities.append(named)
        return
    if context.is_deed(item):
        slots.leftover.append(_DEED)
        return
    if context.linker.joins and _is_bare_key(item, context):
        slots.leftover.append(ODD)
    parts = context.parts.get(links.best.name)
    if parts:
        slots.columns += [p for p in map(context.named, parts) if p not in slots.columns]
    elif all(named.value != other.value for other in slots.columns):
        slots.columns.append(named)
        slots.named[links.best.name] = item


def _is_bare_key(item: Item, context: Context) -> bool:
    """Whether words without "id" found nothing but the key of what they name."""
    column = item.data.best
    stands = context.linker.stands_for_rows(column)
    return context.is_id(column) and not stands and not _KEYS & set(item.text.split())


def frame_of(slots: Slots, context: Context) -> Frame | None:
    """The frame the slots describe; None when they do not go together."""
    slots.filters = either_period(slots.filters)
    either_value(slots)
    each_value(slots)
    if slots.report is not None:
        return report_frame(slots, context)
    _settle_counts(slots)
    _settle_flags(slots, context)
    settle_analysis(slots, context)
    _settle_by(slots, context)
    _settle_quantities(slots, context)
    _settle_extremes(slots, context)
    _settle_keys(slots, context)
    if len(slots.cuts) > 1:
        slots.leftover += [Item("TOP", "top", frozenset())] * (len(slots.cuts) - 1)
    cut = _totalled(slots, context)
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


def _settle_flags(slots: Slots, context: Context) -> None:
    """As in "how many were on time": rows of which a yes-and-no column is true."""
    shared = slots.change is not None and slots.change.kind == "share"
    if not (slots.measures or shared) or (slots.keys and not shared) or slots.compared:
        return
    take_flags(slots, context)


def take_flags(slots: Slots, context: Context) -> None:
    """Yes-and-no columns among the columns become conditions."""
    for named in list(slots.columns):
        column = context.known(named.name)
        yes = flag(column, context) if column is not None else None
        if yes is not None:
            slots.columns.remove(named)
            slots.filters.append(yes)


def _measurable(slots: Slots, context: Context) -> list[ColumnProfile]:
    """The shown columns if every one of them is a quantity."""
    found = [context.known(named.name) for named in slots.columns]
    good = [c for c in found if c is not None and context.measurable(c) and not context.is_year(c)]
    return good if len(good) == len(found) else []


def _settle_by(slots: Slots, context: Context) -> None:
    """As in "by city" groups when something is measured or counted, and sorts a list."""
    slots.by = [named for named in slots.by if not _only_narrows(named, slots, context)]
    if not slots.by:
        return
    counted = slots.measures or slots.quantities or slots.having or slots.change or slots.keys
    if (
        counted
        or slots.pivoted
        or any(c.value is None for c in slots.cuts)
        or (_measurable(slots, context) and slots.columns)
        or (not slots.columns and not slots.verb and not slots.order and not slots.cuts)
    ):
        slots.keys += slots.by
    else:
        descending = slots.direction == "desc"
        slots.order += [SortKey(value=n.value, descending=descending) for n in slots.by]
        slots.direction = None


def _settle_quantities(slots: Slots, context: Context) -> None:
    """As in "how many seats": the sum, or the number that stands with a listed row."""
    for named in slots.quantities:
        column = context.known(named.name)
        shown = [context.known(n.name) for n in slots.columns]
        single = any(c is not None and c.unique for c in shown)
        listed = single or slots.cuts or slots.order or slots.direction
        if listed or column is None:
            slots.columns.append(named)
        else:
            slots.measures.append(measure("sum", column, context))
    slots.quantities = []


def _settle_extremes(slots: Slots, context: Context) -> None:
    """As in "the highest salary": the value itself, unless it says which rows are wanted."""
    for cut in slots.extremes:
        assert cut.value is not None
        people = [] if slots.columns or slots.keys or slots.rows else context.people()
        if slots.who and people and not slots.measures:
            mean = Aggregated(function="avg", value=cut.value)
            named = tuple(map(context.named, people))
            slots.cuts.append(replace(cut, value=mean, of=named))
            slots.notes.append(f"by the average of each {named[0].name}")
            continue
        asked_for_rows = bool(slots.columns) or (slots.wh and slots.rows)
        if asked_for_rows and not slots.keys and not slots.measures:
            slots.cuts.append(cut)
            continue
        if cut.skipped and (slots.keys or slots.by or slots.measures):
            slots.leftover += [ODD] * 2
        elif cut.skipped and slots.who:
            slots.cuts.append(cut)
            continue
        elif cut.skipped:
            column = context.known(next(iter(columns_of(cut.value)), ""))
            slots.columns += [context.named(column)] if column is not None else []
            slots.cuts.append(cut)
            slots.distinct = True
            slots.notes.append("equal values count once")
            continue
        function: Literal["max", "min"] = "max" if cut.descending else "min"
        names = columns_of(cut.value)
        value = Aggregated(function=function, value=cut.value)
        slots.measures.append(Named(name=f"{function}_{'_'.join(names)}", value=value))
    slots.extremes = []


def _settle_keys(slots: Slots, context: Context) -> None:
    """Explicit groups without a measure: quantities are summed up, rows are counted."""
    timed = {
        name for key in slots.keys if key.value.node != "column" for name in columns_of(key.value)
    }
    slots.columns = [n for n in slots.columns if n.name not in timed] if timed else slots.columns
    if any(n.name in context.derived for n in slots.columns) and not slots.verb:
        narrowing = [n for n in slots.columns if _narrows(n, slots, context)]
        slots.columns = [n for n in slots.columns if n not in narrowing]
    sums = _measurable(slots, context)
    explicit = slots.keys or slots.change or slots.pivoted
    if not slots.summed and not slots.by and not slots.change and not slots.pivoted:
        sums = [column for column in sums if column.name in context.derived]
    computed = [c for c in sums if c.name in context.derived]
    if (
        (explicit or (computed and not slots.verb))
        and not slots.measures
        and not slots.cuts
        and sums
    ):
        slots.measures += [measure("sum", column, context) for column in sums]
        slots.notes += [f"{column.name} summed up" for column in sums]
        slots.columns = []
    elif slots.keys and slots.measures and computed and not slots.cuts:
        names = {column.name for column in computed}
        slots.measures += [measure("sum", column, context) for column in computed]
        slots.notes += [f"{name} summed up" for name in sorted(names)]
        slots.columns = [named for named in slots.columns if named.name not in names]
    elif (
        explicit
        and not slots.measures
        and not slots.columns
        and not slots.cuts
        and not slots.having
    ):
        slots.measures.append(Named(name="count", value=count()))


def _totalled(slots: Slots, context: Context) -> Cut | None:
    """The cut; what repeats ("top 5 products by revenue") is ranked by its total."""
    cut = slots.cuts[0] if slots.cuts else None
    if cut is None:
        return None
    if slots.keys and cut.number and cut.of:
        slots.per = list(slots.keys)
    if cut.value is None or is_aggregate(cut.value) or _is_moment(cut, context):
        return cut
    if cut.total and slots.wh and not slots.columns:
        slots.columns += [context.named(column) for column in context.people()]
    if slots.ranked and not slots.columns:
        cut = replace(cut, total=True, of=tuple(slots.keys))
        slots.keys = []
        return _total(cut, list(cut.of), slots, context)
    shown = [*cut.of, *slots.columns, *slots.keys]
    columns = [context.known(n.name) for n in (cut.of or slots.columns)]
    repeats = bool(columns) and all(
        c is not None and not c.unique and not c.numeric for c in columns
    )
    total = cut.total or cut.value in context.derived.values()
    if not repeats or not (cut.of or total) or not shown:
        return cut
    if slots.keys and cut.number:
        slots.per = list(slots.keys)
    return _total(cut, shown, slots, context)


def _is_moment(cut: Cut, context: Context) -> bool:
    """Whether the cut goes by dates, which do not add up."""
    columns = [context.known(name) for name in columns_of(cut.value)]
    return any(column is not None and column.temporal for column in columns)


def _total(cut: Cut, shown: Sequence[Named], slots: Slots, context: Context) -> Cut:
    """The cut by the total of its value in each of the groups shown."""
    assert cut.value is not None
    computed = (name for name, value in context.derived.items() if value == cut.value)
    name = next(computed, "_".join(columns_of(cut.value)))
    slots.notes.append(f"{name} summed up for each {' and '.join(n.name for n in shown)}")
    total = Aggregated(function="sum", value=cut.value)
    if all(measure.value != total for measure in slots.measures):
        slots.measures.append(Named(name=f"total_{name}", value=total))
    return replace(cut, value=total)


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
    shown = [n for n in shown if not _only_narrows(n, slots, context)]
    shown = [n for n in shown if n.name not in slots.any_of or not slots.measures]
    shown = not_measured(shown, slots)
    keys = _unique([*slots.keys, *shown])
    if slots.each and slots.measures and not keys and not context.linker.joins:
        keys = each_row(slots, context)
    if cut is not None and cut.of:
        keys = _unique([*cut.of, *keys])
    if not keys and (slots.having or cut is not None):
        keys = [context.named(column) for column in context.label()]
        if not keys:
            return None
    slots.leftover += [ODD] * sum(1 for named in shown if _is_odd_key(named, context))
    for named in shown:
        if named.name in slots.named:
            context.note_tie(slots.named[named.name], slots.named[named.name].data.best)
    if cut is not None and cut.value is None and any(_is_unique(key, context) for key in keys):
        slots.leftover += [ODD] * 2
    order = [_grouped_key(key, keys, slots) for key in slots.order]
    if None in order:
        return None
    sort = tuple(key for key in order if key is not None)
    measures = list(slots.measures)
    limit = slots.limit
    filters = list(slots.filters)
    if cut is not None:
        filters += known_keys(keys, slots, context)
        value = cut.value or count()
        sort = (SortKey(value=value, descending=cut.descending), *sort)
        limit = cut.number
    elif slots.direction and not sort:
        value = measures[0].value if measures else keys[0].value
        sort = (SortKey(value=value, descending=slots.direction == "desc"),)
    measures = _unique([*measures, *_metrics_in((sort, tuple(slots.having)), context)])
    return Frame(
        table=context.profile.name,
        filters=tuple(filters),
        keys=tuple(keys),
        measures=tuple(measures),
        having=tuple(slots.having),
        order=sort,
        limit=limit,
        offset=_skipped(cut, slots.per, slots),
        per=tuple(slots.per),
        change=slots.change,
        pivot=_pivot(slots, keys),
        assumptions=tuple(slots.notes),
    )


def _metrics_in(tree: Any, context: Context) -> list[Named]:
    """Metrics of the glossary that groups are ranked or chosen by: they are shown, too."""
    nodes = list(walk(tree)) if context.metrics else []
    return [
        Named(name=metric.column.name, value=metric.value)
        for _, _, metric in context.metrics
        if metric.grouped and metric.value in nodes
    ]


def _only_narrows(named: Named, slots: Slots, context: Context) -> bool:
    """As in "the total of the loans of banks in New York": which rows, not a total for each."""
    return bool(slots.measures or slots.rows) and _narrows(named, slots, context)


def _narrows(named: Named, slots: Slots, context: Context) -> bool:
    """Whether a column stands for rows of which a condition says which ones are meant."""
    column = context.known(named.name)
    if slots.wh or column is None or not context.linker.stands_for_rows(column):
        return False
    owner = context.linker.owner(column)
    narrowed = [context.known(name) for name in columns_of(tuple(slots.filters))]
    return any(c is not None and context.linker.owner(c) == owner for c in narrowed)


def known_keys(keys: Sequence[Named], slots: Slots, context: Context) -> list[Predicate]:
    """Rows without a key are no group that a ranking could name."""
    made: list[Predicate] = []
    for key in keys:
        column = context.known(key.name)
        if column is not None and column.null_count:
            made.append(Not(part=IsNull(value=key.value)))
            slots.notes.append(f"rows without {key.name} are left out of the ranking")
    return [predicate for predicate in made if predicate not in slots.filters]


def _is_unique(named: Named, context: Context) -> bool:
    """Whether the key tells single rows apart, so that counting rows ranks nothing."""
    column = context.known(named.name)
    return column is not None and context.tells_rows(column)


def _is_odd_key(named: Named, context: Context) -> bool:
    """Whether hardly anybody groups by the column: a measured quantity, or one row a group."""
    column = context.known(named.name)
    if column is None or context.is_year(column):
        return False
    return column.unique or (context.measurable(column) and (column.distinct_count or 0) > _MANY)


def _pivot(slots: Slots, keys: Sequence[Named]) -> Named | None:
    """The key whose values become columns: the one that was named, else the last."""
    if not slots.pivoted:
        return None
    return slots.pivot or (keys[-1] if len(keys) > 1 else None)


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
    columns = [n for n in slots.columns if not (slots.rows and _only_narrows(n, slots, context))]
    order = list(slots.order)
    limit = slots.limit
    per: tuple[Named, ...] = ()
    if cut is not None:
        assert cut.value is not None
        order = [SortKey(value=cut.value, descending=cut.descending), *order]
        limit = cut.number
        per = tuple(slots.keys)
    elif slots.direction and not order:
        order = _shown_order(slots, columns, context)
    if slots.keys and (columns or cut is None):
        columns = _unique([*slots.keys, *columns])
    if cut is None and _is_category(slots, context):
        slots.distinct = True
        slots.notes.append(f"each {columns[0].name} once")
    value_asked = (slots.distinct or slots.asked) and not slots.all
    if not columns and not slots.rows and slots.filters and value_asked:
        columns = [Named(name=n, value=Column(name=n)) for n in columns_of(slots.filters[0])[:1]]
    if not columns and not slots.rows and not slots.filters and not order and not slots.all:
        return None
    if not columns and (slots.wh or cut is not None):
        labels = _labelled(slots, order, context)
        columns = _unique([*slots.keys, *labels]) if labels else []
    elif cut is not None and slots.rows and {n.name for n in columns} <= set(columns_of(cut.value)):
        columns = _unique([*map(context.named, context.label()), *columns])
    return Frame(
        table=context.profile.name,
        columns=tuple(columns),
        distinct=slots.distinct and (cut is None or cut.skipped > 0),
        filters=tuple(slots.filters),
        order=tuple(order),
        limit=limit,
        offset=_skipped(cut, per, slots),
        per=per,
        assumptions=tuple(slots.notes),
    )


def _skipped(cut: Cut | None, per: Sequence[Named], slots: Slots) -> int:
    """How many rows or groups stand in front; in each of several groups nobody can say."""
    if cut is None or not cut.skipped:
        return 0
    if per:
        slots.leftover += [ODD] * 2
    return cut.skipped


def _is_category(slots: Slots, context: Context) -> bool:
    """Whether nothing but a column was named, whose values are a short list ("channels")."""
    if slots.rows or slots.filters or slots.keys or slots.wh or len(slots.columns) != 1:
        return False
    column = context.known(slots.columns[0].name)
    return slots.bare and column is not None and context.repeats(column)


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
