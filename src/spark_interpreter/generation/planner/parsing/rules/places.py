"""Cuts put together with what stands beside them: a number, a place, an order."""

from __future__ import annotations

from dataclasses import replace

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.plan import SortKey

rule = RuleSet()


@rule("num=NUM {the}* what=((COL|TAB) ({list}* (COL|TAB))*) top=TOP", "top=TOP num=NUM")
def numbered(match: Match, context: Context) -> Built:
    """As in "three cities with the highest sales"."""
    del context
    cut, number = match["top"].data, match["num"].data
    if not cut.single or not isinstance(number, int) or number < 1:
        return None
    top = merge(
        "TOP", [match["num"], match["top"]], replace(cut, number=number, single=False), "top"
    )
    return [*match.all("what"), top]


@rule("{the}* place=ORDINAL {the}* top=(TOP|EXTCOL)")
def place_in_order(match: Match, context: Context) -> Built:
    """As in "the second most popular product", "the third highest price"."""
    del context
    cut, place = match["top"].data, match["place"].data
    grouped = match.after is not None and match.after.text in {"by", "per"}
    if not cut.single or not isinstance(place, int) or place < 1 or grouped:
        return None
    return merge(match["top"].kind, match.items, replace(cut, skipped=place - 1), "top")


@rule("top=TOP (,|and|when|if)? ord=ORD")
def top_in_order(match: Match, context: Context) -> Built:
    """As in "the top 3 cities sorted by average price": the order says what is on top."""
    del context
    cut, keys = match["top"].data, match["ord"].data
    if cut.value is not None or cut.single or match["top"].text != "top number" or len(keys) != 1:
        return None
    descending = keys[0].descending or match["ord"].text != "ord asc"
    return merge("TOP", match.items, replace(cut, value=keys[0].value, descending=descending))


@rule("sort=SORT ({the}|TAB|with|by)* top=TOP (TOPW|first)?")
def sorted_by_extreme(match: Match, context: Context) -> Built:
    """As in "sorted by the ones with the highest revenue first"."""
    del context
    cut = match["top"].data
    if cut.value is None or not cut.single:
        return None
    return merge("ORD", match.items, (SortKey(value=cut.value, descending=cut.descending),), "ord")
