"""Analyses: shares, growth, running figures, comparisons, pivots and reports."""

from __future__ import annotations

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.frame import Change
from spark_interpreter.generation.planner.parsing.items import Item, merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import flag
from spark_interpreter.generation.planner.plan import Aggregated, Named
from spark_interpreter.model import ColumnProfile

rule = RuleSet()
UNITS = ("year", "quarter", "month", "week", "day", "hour")


@rule("REP:correlation (of|between|for|in|the)* a=COL (and|with|vs|,|to|on|the|of)+ b=COL",
      "a=COL (and|with|vs|,|the)+ b=COL REP:correlation",
      "(how|does|do|is|are|the|strongly|much)* a=COL (and|with|is|are)* REP:correlation (with|to|on|and|the)* b=COL")  # fmt: skip
def correlation(match: Match, context: Context) -> Built:
    """As in "the correlation between age and salary"."""
    columns = [context.pick(match[name].data, _number) for name in ("a", "b")]
    if None in columns:
        return None
    left, right = (column for column in columns if column is not None)
    value = Aggregated(
        function="corr", value=context.expression(left), other=context.expression(right)
    )
    made = Named(name=f"correlation_{left.name}_{right.name}", value=value)
    return merge("MEA", match.items, (made,), "correlation")


def _number(column: ColumnProfile) -> bool:
    return column.numeric


@rule("column=COL REP:histogram", "REP:histogram (of|the|for|in|across|over|values)* column=COL (values)?")  # fmt: skip
def histogram(match: Match, context: Context) -> Built:
    """As in "the distribution of age"."""
    return [merge("REPORT", match.items, "histogram", "histogram"), _column(match["column"])]


@rule("column=COL REP:outliers", "REP:outliers (of|in|for|the|by|with|respect|to)* column=COL")
def outliers(match: Match, context: Context) -> Built:
    """As in "outliers in price"."""
    if context.pick(match["column"].data, context.measurable) is None:
        return None
    return [merge("REPORT", match.items, "outliers", "outliers"), _column(match["column"])]


@rule("REP:duplicates (in|of|by|the|on|for|with|same|values|TAB)* columns=(COL ({list}+ {the}* COL)*)",
      "REP:duplicates (in|of|the|by|for|there|data|rows|are|TAB)*")  # fmt: skip
def duplicates(match: Match, context: Context) -> Built:
    """As in "duplicate emails"."""
    report = merge("REPORT", match.items, "duplicates", "duplicates")
    return [report, *map(_column, match.all("columns", "COL"))]


@rule("REP:missing_report (in|of|per|by|for|each|every|the|column|columns|TAB|data|are|there|does|have)*")  # fmt: skip
def missing_values(match: Match, context: Context) -> Built:
    """As in "missing values per column"."""
    return merge("REPORT", match.items, "missing", "missing")


@rule("REP:overview (of|the|in|about|this|TAB|data|me|give|columns)*")
def overview(match: Match, context: Context) -> Built:
    """As in "describe the data"."""
    return merge("REPORT", match.items, "overview", "overview")


def _column(item: Item) -> Item:
    """The report's column, whose words the report itself explains already."""
    return Item("COL", item.text, frozenset(), item.data, item.score)


@rule(
    "WIN:moving (of|the)* bucket=BUCKET? {the}* what=(COL|MEA) (over|CMP|BY|of|with) (the|last|a)* num=NUM unit=_"
)
def moving_over(match: Match, context: Context) -> Built:
    """As in "moving average of revenue over 3 months"."""
    number, unit = match["num"].data, match["unit"].text.rstrip("s")
    if not isinstance(number, int) or unit not in UNITS:
        return None
    change = Change(kind="moving", window=max(number, 2))
    kept = [*match.all("bucket"), match["what"]]
    rest = [item for item in match.items if item not in kept]
    note = f"the moving average covers {change.window} {unit}s"
    return [*kept, merge("CHANGE", rest, change, unit, note)]


@rule("num=NUM unit=_? WIN:moving (of|the|over)*",
      "WIN:moving of? {the}* (over|with|of)+ (the|last|a)* num=NUM unit=_?",
      "WIN:moving (of|the|over)*")  # fmt: skip
def moving(match: Match, context: Context) -> Built:
    """As in "7 day moving average"."""
    number = match.one("num")
    window = number.data if number is not None and isinstance(number.data, int) else 3
    unit = match.one("unit")
    text = unit.text.rstrip("s").removesuffix("ly") if unit is not None else ""
    if unit is not None and text not in UNITS:
        return None
    change = Change(kind="moving", window=max(window, 2))
    note = f"the moving average covers {change.window} {text or 'period'}s"
    return merge("CHANGE", match.items, change, text or "moving", note)


@rule("WIN:running (of|the|AGG:sum)*")
def running(match: Match, context: Context) -> Built:
    """As in "running total"."""
    return merge("CHANGE", match.items, Change(kind="running"), "running")


@rule("SHARE (of|the|in|total)* SHARE?", "as a SHARE")
def share(match: Match, context: Context) -> Built:
    """As in "share of total"."""
    return merge("CHANGE", match.items, Change(kind="share"), "share")


@rule("column=COL REP:breakdown", "REP:breakdown (of|by|BY|the|TAB)* column=COL")
def breakdown(match: Match, context: Context) -> Built:
    """As in "gender split"."""
    column = context.pick(match["column"].data, lambda c: not context.measurable(c))
    if column is None or column.unique:
        return None
    return merge("KEY", match.items, (context.named(column),), "each")


@rule("part=(COL|VAL) (rate|rates|ratio|VERB:rate|VERB:rates)", "part=VAL (COL:rate|COL:rates)")
def rate(match: Match, context: Context) -> Built:
    """As in "cancellation rate": the share of the rows of which it is true."""
    part = match["part"]
    if part.kind == "COL":
        yes = flag(part.data.best, context)
        if yes is None:
            return None
        part = merge("PRED", [part], yes, "pred")
    rest = [item for item in match.items if item is not match["part"]]
    return [part, merge("CHANGE", rest, Change(kind="share"), "share")]


@rule("bucket=BUCKET")
def against_previous(match: Match, context: Context) -> Built:
    """As in "month over month"."""
    found = match["bucket"].data
    if found.grain is not None or found.part is not None:
        return None
    return merge("GROWTH", match.items, None, f"growth_{found.previous}")


@rule("GROWTH (of|in|the|from|to|compared|over|by|rate)* GROWTH?")
def growth(match: Match, context: Context) -> Built:
    """As in "growth against the previous month"."""
    words = {item.text.removeprefix("growth_") for item in match.items if item.kind == "GROWTH"}
    unit = next((word for word in UNITS if word in words), "")
    change = Change(kind="growth_year" if unit == "year" else "growth_previous")
    return merge("CHANGE", match.items, change, unit or "growth")


@rule("REP:compare (of|the|between|by|to|with)*")
def comparison(match: Match, context: Context) -> Built:
    """As in "compare"."""
    return merge("COMPARE", match.items, None, "compare")


@rule("REP:trend (of|in|the|for)*")
def trend(match: Match, context: Context) -> Built:
    """As in "over time"."""
    return merge("TREND", match.items, None, "trend")


@rule("(with|and|by|,)* REP:pivot (of|by|the|for|per|each|with|in)* column=COL (as|in)* REP:pivot?",
      "(with|and|by|,)* column=COL (as|in|the)* REP:pivot",
      "REP:pivot (of|the|for|with)*")  # fmt: skip
def pivot(match: Match, context: Context) -> Built:
    """As in "one column per region"."""
    item = match.one("column")
    named = context.named(item.data.best) if item is not None else None
    return merge("PIVOT", match.items, named, "pivot")
