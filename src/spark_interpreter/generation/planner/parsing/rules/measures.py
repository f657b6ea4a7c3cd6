"""Measures: aggregates of columns and counts of rows."""

from __future__ import annotations

from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.items import ColumnLinks, Item, merge
from spark_interpreter.generation.planner.parsing.naming import measure_name
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import flag
from spark_interpreter.generation.planner.plan import Aggregated, Column, Named
from spark_interpreter.model import ColumnProfile

rule = RuleSet()
SIMPLE = {"sum", "avg", "min", "max", "median", "stddev", "variance"}
_KINDS = "((kind|kinds|type|types|sort|sorts|varieties) of {the}*)?"
_POSSESSING = {"with", "has", "have", "having", "had"}
_FUNCTIONS = {"most": "max", "least": "min"}
_NUMERIC = {"sum", "avg", "median", "stddev", "variance", "percentile"}


def measure(
    function: str, column: ColumnProfile, context: Context, *, distinct: bool = False,
    parameter: float | None = None,
) -> Named:  # fmt: skip
    """A column's aggregate under its usual name."""
    value = Aggregated(
        function=function,
        value=context.expression(column),
        distinct=distinct,
        parameter=parameter,
    )
    stand_in = value.model_copy(update={"value": Column(name=column.name)})
    return Named(name=measure_name(stand_in), value=value)


def fitting(function: str, links: ColumnLinks, context: Context) -> ColumnProfile | None:
    """The column that the aggregate can be taken of."""
    if function in _NUMERIC:
        return context.pick(links, context.measurable)
    found = context.pick(links, lambda column: context.measurable(column) or column.temporal)
    return found or context.pick(links, lambda column: not column.numeric)


@rule(
    "num=(NUM|ORDINAL) AGG:percentile of? {the}* col=COL",
    "AGG:percentile (NUM|ORDINAL)? of? {the}* col=COL",
)
def percentile(match: Match, context: Context) -> Built:
    """As in "the 90th percentile of price"."""
    numbers = [item for item in match.items if item.kind in {"NUM", "ORDINAL"}]
    column = fitting("percentile", match["col"].data, context)
    if column is None or not numbers or not 0 <= float(numbers[0].data) <= 100:
        return None
    made = measure("percentile", column, context, parameter=float(numbers[0].data) / 100)
    return merge("MEA", match.items, (made,))


@rule(
    "aggs=(AGG ({list}* {the}* (AGG|EXT|SUP))*|SUP {list}+ {the}* (AGG|SUP) ({list}* {the}* (AGG|EXT|SUP))*|EXT {list}+ {the}* (EXT|AGG) ({list}* {the}* (AGG|EXT))*) (of|for|in)? {the}* (value|values|amount|amounts)? (of|for|in)? {the}*"
    " CNT? {the}* (different|TAB)? (of|'s)? cols=(COL ({list}+ {the}* CNT? {the}* COL)*)"
)
def aggregates(match: Match, context: Context) -> Built:
    """As in "average, minimum and maximum age and salary"."""
    functions = [_FUNCTIONS.get(item.text, item.text) for item in match.all("aggs", "AGG", "EXT")]
    extremes = match.all("aggs", "SUP")
    functions += ["max" if _grows(item, context) else "min" for item in extremes]
    if functions in (["max"], ["min"]) and _of_rows(match):
        return None
    columns = match.all("cols", "COL")
    if len(functions) == 1 and len(columns) > 1:
        columns = _same_kind(functions[0], columns, context)
    made: list[Named] = []
    if not set(functions) <= SIMPLE:
        return None
    for item in columns:
        for function in functions:
            column = fitting(function, item.data, context)
            if column is None:
                return None
            context.note_tie(item, column)
            made.append(measure(function, column, context))
    last = columns[-1]
    used = match.items[: list(match.items).index(last) + 1]
    rest = list(match.items[len(used) :])
    return [merge("MEA", used, tuple(made)), *rest]


def _grows(item: Item, context: Context) -> bool:
    found = context.gradable(item.data)
    return (found[1] if found else item.data.attributes[0].direction) > 0


@rule("{the}* word=(TOPW|ORDINAL) col=COL")
def first_or_last(match: Match, context: Context) -> Built:
    """As in "the first order date"."""
    column = match["col"].data.best
    after = match.after
    function = {"first": "min", "1": "min", "bottom": "max"}.get(match["word"].text)
    followed = after is not None and after.kind in {"TAB", "COL", "NUM", "TIME", "VAL"}
    if not column.temporal or function is None or followed:
        return None
    return merge("MEA", match.items, (measure(function, column, context),))


@rule("when (was|is|were|did)? the? word=(TOPW|ORDINAL|SUP) TAB (placed|made|recorded|taken)?")
def moment_of_row(match: Match, context: Context) -> Built:
    """As in "when was the first order?"."""
    column = next(iter(context.dates()), None)
    latest = end_of_time(match["word"])
    if column is None or latest is None:
        return None
    made = measure("max" if latest else "min", column, context)
    note = f"the {'last' if latest else 'first'} by {column.name}"
    return merge("MEA", match.items, (made,), "mea", note)


def end_of_time(item: Item) -> bool | None:
    """Whether a word means the last in time, or the first; None if it says neither."""
    if item.kind == "SUP":
        dated = [a.direction for a in item.data.attributes if a.words in {"date", "time"}]
        return dated[0] > 0 if dated else None
    word = str(item.data).split()[-1]
    return {"first": False, "1": False, "last": True}.get(word)


@rule("col=COL of {the}* first=SUP {list}+ {the}* second=SUP TAB?")
def extremes_of(match: Match, context: Context) -> Built:
    """As in "the ages of the oldest and youngest students"."""
    column = context.pick(match["col"].data, lambda c: context.measurable(c) or c.temporal)
    if column is None:
        return None
    functions = ["max" if _grows(match[end], context) else "min" for end in ("first", "second")]
    return merge("MEA", match.items, tuple(measure(f, column, context) for f in functions))


def _of_rows(match: Match) -> bool:
    """Whether the extreme picks rows ("with the minimum price") and is not asked for itself."""
    lead = match.lead
    return lead is not None and lead.kind == "W" and lead.text in _POSSESSING


def _same_kind(function: str, columns: list[Item], context: Context) -> list[Item]:
    """The leading columns an aggregate can be meant for: "average age and weight"."""
    kept = [columns[0]]
    for item in columns[1:]:
        if context.pick(item.data, context.measurable) is None:
            break
        kept.append(item)
    return kept


@rule("col=COL (is|was|are|were)? in? agg=(AGG:avg|AGG:sum|AGG:median)")
def trailing_aggregate(match: Match, context: Context) -> Built:
    """As in "sales in total", "price on average"."""
    after = match.after
    if after is not None and after.kind in {"COL", "CNT"}:
        return None
    column = context.pick(match["col"].data, context.measurable)
    if column is None:
        return None
    return merge("MEA", match.items, (measure(match["agg"].text, column, context),))


@rule(
    "AGG:sum? CNT:distinct {the}* {kinds} col=COL".replace("{kinds}", _KINDS),
    "AGG:sum? CNT of? {the}* DIST {the}* {kinds} col=COL".replace("{kinds}", _KINDS),
    "AGG:sum? CNT of? {the}* (kinds|types|sorts|varieties) of {the}* (different|DIST)? {the}* col=COL",
    "DIST CNT of? col=COL",
)
def distinct_count(match: Match, context: Context) -> Built:
    """As in "how many different cities"."""
    column = context.pick(match["col"].data)
    if column is None:
        return None
    return merge("MEA", match.items, (measure("count", column, context, distinct=True),))


@rule("AGG:sum? CNT of? {the}* DIST? {the}* tab=TAB", "CNT:distinct {the}* tab=TAB")
def row_count(match: Match, context: Context) -> Built:
    """As in "how many students"."""
    distinct = any(item.kind == "DIST" or item.text == "distinct" for item in match.items)
    if distinct:
        words = " ".join(singular(word) for word in match["tab"].text.split())
        column = _counted_column(words, context)
        if column is not None:
            return merge("MEA", match.items, (measure("count", column, context, distinct=True),))
    return merge("MEA", match.items, (Named(name="count", value=count()),), "count")


@rule("AGG:sum CNT of? {the}* col=COL", "CNT of? {the}* col=COL AGG:sum")
def total_number(match: Match, context: Context) -> Built:
    """As in "the total number of passengers"."""
    return _quantity(match, context, total=True)


@rule("cnt=CNT of? {the}* col=COL")
def quantity(match: Match, context: Context) -> Built:
    """As in "how many passengers": a number that a column holds, or values to be counted."""
    return _quantity(match, context, total=False)


def _quantity(match: Match, context: Context, *, total: bool) -> Built:
    col = match["col"]
    links: ColumnLinks = col.data
    if match.after is not None and match.after.kind == "MATCH":
        words = [item for item in match.items if item is not col]
        return [merge("MEA", words, (Named(name="count", value=count()),), "count"), col]
    held = context.pick(links, lambda c: context.measurable(c) and not context.is_year(c))
    strong = [
        o for o in links.options if o.column is held and o.score >= links.options[0].score - 0.05
    ]
    if held is not None and strong:
        if total:
            return merge("MEA", match.items, (measure("sum", held, context),))
        return merge("COL", match.items, links, _how(match))
    column = context.pick(links)
    if column is None:
        return None
    if (yes := flag(column, context)) is not None:
        words = [item for item in match.items if item is not col]
        rows_counted = merge("MEA", words, (Named(name="count", value=count()),), "count")
        return [rows_counted, merge("PRED", [col], yes, "pred")]
    own = context.is_id(column) and context.linker.words(column)[0] != singular(col.text)
    rows = column.unique or own or context.names_rows(column)
    if rows or column.temporal:
        return merge("MEA", match.items, (Named(name="count", value=count()),), "count")
    note = f"counting different values of {column.name}"
    return merge(
        "MEA", match.items, (measure("count", column, context, distinct=True),), "values", note
    )


def _counted_column(words: str, context: Context) -> ColumnProfile | None:
    """The repeating column whose different values are the things counted."""
    for phrase in dict.fromkeys((words, *words.split())):
        for linked in context.linker.named(phrase):
            column = linked.column
            if not column.unique and (context.is_id(column) or linked.score > 0.8):
                return column
    return None


def _how(match: Match) -> str:
    """As in "how many" asks for rows or a sum; "number of" may also name the column itself."""
    cnt = match.one("cnt")
    return "#how many" if cnt is not None and str(cnt.data).startswith("how") else "#quantity"


@rule("AGG:sum? cnt=CNT")
def bare_count(match: Match, context: Context) -> Built:
    """As in "and the count"."""
    del context
    if match.after is not None and match.after.kind in {"COL", "TAB", "DIST", "MEA"}:
        return None
    before = match.before
    if before is not None and before.kind in {"EXT", "EXTN", "SORT"}:
        return None
    return merge("MEA", match.items, (Named(name="count", value=count()),), "count")


@rule("mea=MEA (AGG:sum|are there|are listed|there)")
def counted_in_total(match: Match, context: Context) -> Built:
    """As in "how many courses in total"."""
    return merge("MEA", match.items, match["mea"].data, match["mea"].text)


@rule("first=MEA {list}+ second=MEA")
def measures_together(match: Match, context: Context) -> Built:
    """As in "the average age and the number of students"."""
    return merge("MEA", match.items, (*match["first"].data, *match["second"].data))
