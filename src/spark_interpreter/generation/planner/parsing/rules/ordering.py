"""Sort orders, superlatives and cuts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from spark_interpreter.generation.planner.language.lexicon import Adjective, lexicon
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.derive import derived_column
from spark_interpreter.generation.planner.parsing.items import ColumnLinks, Item, merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.measures import end_of_time
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Expression,
    Named,
    SortKey,
)
from spark_interpreter.model import ColumnProfile

rule = RuleSet()


_FIRST_YEAR = 1000
_AFTER_LATEST = {"of", "for", "in", "at", "per", "?", "."}
_SUMMING = {"most", "the most", "least", "the least", "fewest", "the fewest"}


@dataclass(frozen=True, slots=True)
class Cut:
    """The first rows or groups of an order.

    `value` None means the number of rows of each group. `of` is what is ranked when the words
    say it ("the most common city"). `single`: nothing said how many, so one. `total`: of what
    repeats the sum is meant ("who spent the most"), not the largest single value. `skipped`: how
    many stand in front ("the second most popular": 1).
    """

    value: Expression | None
    descending: bool
    number: int = 1
    single: bool = True
    total: bool = False
    of: tuple[Named, ...] = ()
    skipped: int = 0


# --- sorting ---------------------------------------------------------------------------------

_KEYS = "keys=((COL|MEA|QTY|CNT) ({list}+ {the}* (COL|MEA|QTY))*)"


@rule(
    "^ sort=SORT {the}* (TAB|'s|’s|')* shown=(COL ({list}+ {the}* COL)*) (TAB|of|in)* dir=(BY|SORT|DIR|in|of|by|order)+ {the}* keys=((COL|MEA) ({list}+ {the}* (COL|MEA))*) (in|,)* after=DIR?"
)
def sort_them_by(match: Match, context: Context) -> Built:
    """As in "order all locations by opening year"."""
    said = [i.text for i in match.items if i.kind in {"DIR", "SORT"} and i.text in {"asc", "desc"}]
    direction = said[-1] if said else "asc"
    keys: list[SortKey] = []
    for item in match.all("keys", "COL", "MEA"):
        values = (
            [context.expression(item.data.best)]
            if item.kind == "COL"
            else [m.value for m in item.data]
        )
        keys += [SortKey(value=value, descending=direction == "desc") for value in values]
    rest = [item for item in match.items if item not in match.all("shown", "COL")]
    return [*match.all("shown", "COL"), merge("ORD", rest, tuple(keys), "ord")]


@rule(
    "(and|,|in)* sort=SORT (by|of|on|the|them|results|result|list|according|to|from|in|their)* {the}* (dir=DIR (by|order|of)*)? {the}* TAB? (by)? {keys} (TAB|VERB|of|the)* (from|in|,|and|an)* after=DIR?".replace(
        "{keys}", _KEYS
    ),
    "(in|by)? dir=DIR (order)? (of|by|on|according|to|with) {the}* (TAB|their|'s)* {keys}".replace(
        "{keys}", _KEYS
    ),
    "sort=SORT (by|of)? {keys} after=DIR?".replace("{keys}", _KEYS),
)
def sorted_by(match: Match, context: Context) -> Built:
    """As in "ordered by age in descending order"."""
    direction = next((item.text for item in match.items if item.kind == "DIR"), None)
    if direction is None and match.has("sort") and match["sort"].text in {"asc", "desc"}:
        direction = match["sort"].text
    keys: list[SortKey] = []
    for item in match.all("keys"):
        if item.kind in {"COL", "QTY"}:
            column = context.pick(item.data)
            assert column is not None
            keys.append(SortKey(value=context.expression(column), descending=direction == "desc"))
        elif item.kind == "MEA":
            keys += [SortKey(value=m.value, descending=direction == "desc") for m in item.data]
        elif item.kind == "CNT":
            keys.append(SortKey(value=count(), descending=direction == "desc"))
    rising = any(item.kind in {"DIR", "SORT"} and item.text == "asc" for item in match.items)
    return merge("ORD", match.items, tuple(keys), "ord asc" if rising else "ord") if keys else None


@rule("keys=MEA dir=DIR", "keys=COL dir=DIR")
def named_then_direction(match: Match, context: Context) -> Built:
    """As in "by price descending" after something else has taken the "by"."""
    if match.before is None or match.before.kind not in {"ORD", "BY"}:
        return None
    item = match["keys"]
    descending = match["dir"].text == "desc"
    if item.kind == "COL":
        column = context.pick(item.data)
        assert column is not None
        values: list[Expression] = [context.expression(column)]
    else:
        values = [m.value for m in item.data]
    keys = tuple(SortKey(value=value, descending=descending) for value in values)
    return merge("ORD", match.items, keys, "ord")


@rule(
    "(in|and|,)* SORT? (in|by)? dir=DIR (order)?",
    "(starting|beginning) (with|from) {the}* sup=(SUP|EXT)",
    "MATCH:starts {the}* sup=SUP",
    "from {the}* sup=SUP to {the}* SUP",
    "SORT (by|from|with)* sup=SUP (first|to)? SUP?",
)
def bare_direction(match: Match, context: Context) -> Built:
    """As in "in descending order": of what is shown first."""
    if match.has("dir"):
        return merge("DIRN", match.items, match["dir"].text, match["dir"].text)
    if match["sup"].kind != "SUP":
        return None
    found = context.gradable(match["sup"].data)
    if found is None:
        return None
    key = SortKey(value=context.expression(found[0]), descending=found[1] > 0)
    return merge("ORD", match.items, (key,), "ord")


# --- superlatives ----------------------------------------------------------------------------


def _number(match: Match) -> tuple[int, bool]:
    item = match.one("num") if match.has("num") else None
    if item is None or not isinstance(item.data, int) or item.data < 1:
        return 1, True
    return item.data, False


@rule("{the}* sup=(SUP|EXT) bucket=BUCKET ((for|of|by|in|BY|terms)+ {the}* key=(COL|MEA))?")
def extreme_period(match: Match, context: Context) -> Built:
    """As in "the busiest month", "the best month by revenue"."""
    adjective = match["sup"].data
    if not isinstance(adjective, Adjective):
        return None
    rising = adjective.attributes[0].direction > 0
    value: Expression | None = None
    notes: tuple[str, ...] = ()
    key = match.one("key")
    found = context.gradable(adjective)
    if key is not None:
        value = _ranked_by(key, context)
    elif not context.counts(adjective) and (worth := _worth(adjective, context)):
        value, notes = worth[0], (f"{match['sup'].text}: by {worth[1]}",)
    elif not context.counts(adjective) and found is not None:
        value = Aggregated(function="avg", value=context.expression(found[0]))
        rising, notes = found[1] > 0, (f"{match['sup'].text}: by the average {found[0].name}",)
    if value is None and not context.counts(adjective):
        return None
    rest = [item for item in match.items if item.kind != "BUCKET"]
    bucket = replace(match["bucket"], text=f"which {match['bucket'].text}")
    return [merge("TOP", rest, Cut(value, rising, total=True), "top", *notes), bucket]


def _worth(adjective: Adjective, context: Context) -> tuple[Expression, str] | None:
    """What a good or bad period is judged by when nothing else is said: the revenue."""
    if adjective.value not in {"good", "bad"}:
        return None
    made = derived_column(lexicon().measures[0], context)
    return (context.expression(made[0]), made[1]) if made is not None else None


@rule(
    "num=NUM? {the}* sup=SUP num2=NUM? {the}* (kind|type|of|kinds|types)* col=COL",
    "col=COL (that|which)* {be}* {the}* num=NUM? sup=SUP (among|of|in|for|by)? TAB?",
)
def most_common(match: Match, context: Context) -> Built:
    """As in "the three most common cities"."""
    adjective = match["sup"].data
    column = context.pick(match["col"].data)
    assert column is not None
    number, single = _number(match)
    if context.counts(adjective):
        cut = Cut(None, _rising(adjective), number, single, of=(context.named(column),))
        return merge("TOP", match.items, cut, "top")
    found = context.gradable(adjective)
    if found is None or not found[0].numeric:
        return None
    further = context.linker.distance(column) > context.linker.distance(found[0])
    if not (further or context.repeats(column)):
        return None
    function: Literal["sum", "avg"] = "sum" if _adds_up(found[0], context) else "avg"
    value = Aggregated(function=function, value=context.expression(found[0]))
    cut = Cut(value, found[1] > 0, number, single, of=(context.named(column),))
    kind = "total" if function == "sum" else "average"
    note = f"{match['sup'].text}: by the {kind} {found[0].name}"
    return merge("TOP", match.items, cut, "top", note)


def _adds_up(column: ColumnProfile, context: Context) -> bool:
    """Whether a total of the column says more than its average: what is sold."""
    sold, _ = lexicon().measures[0].operands
    phrases = (*sold, *lexicon().measures[0].names)
    words = set(context.linker.words(column))
    return any(set(phrase.split()) <= words for phrase in phrases)


def _rising(adjective: object) -> bool:
    attributes = adjective.attributes  # type: ignore[attr-defined]
    star = next((a for a in attributes if a.words.startswith("*")), attributes[0])
    return bool(star.direction > 0)


@rule(
    "col=COL (that|which|who)* {be}* (used|occurs|occur|appears|appear|happens|mentioned)* {the}* ext=EXT (often|frequently|commonly|times|common|frequent|popular|frequency|occurrences)"
)
def most_often(match: Match, context: Context) -> Built:
    """As in "the city that appears most often"."""
    column = context.pick(match["col"].data)
    assert column is not None
    named = () if context.is_deed(match["col"]) else (context.named(column),)
    return merge("TOP", match.items, Cut(None, match["ext"].text == "most", of=named), "top")


@rule("ext=EXT (often|frequently|commonly|times|frequent)")
def often(match: Match, context: Context) -> Built:
    del context
    return merge("TOP", match.items, Cut(None, match["ext"].text == "most"), "top")


@rule(
    "(with|has|have|having|had|by|in|of|the|that|which|are|is|who|got|received|for|,)* {the}* (TOPW|num=NUM)* {the}* ext=(EXT|EXTN|AGG:max|AGG:min) {the}* (CNT|amount|number|total)* (of)? {the}* AGG:sum? col=(COL|QTY)",
)
def with_most(match: Match, context: Context) -> Built:
    """As in "with the highest salary", "the largest budget"."""
    descending = match["ext"].text in {"most", "max"}
    counted = any(item.kind in {"CNT", "EXTN"} for item in match.items)
    links: ColumnLinks = match["col"].data
    words = {str(item.data) for item in match.items if item.kind == "EXT"}
    many = counted or bool(words & _SUMMING)
    column = context.pick(
        links,
        lambda c: (context.measurable(c) or c.temporal) and not (many and _is_when(c, context)),
    )
    number, single = _number(match)
    if (column is None and many) or (
        column is None and match["ext"].kind == "EXT" and match["ext"].tokens and _most(match)
    ):
        return merge("TOP", match.items, Cut(None, descending, number, single), "top")
    column = column or context.pick(links, context.date_like) or context.pick(links)
    assert column is not None
    total = bool(words & _SUMMING) or any(
        item.kind == "AGG" and item.text == "sum" for item in match.items
    )
    cut = Cut(context.expression(column), descending, number, single, total)
    leading = match.items[0]
    clause = leading.kind == "W" and leading.text in {
        "with",
        "has",
        "have",
        "having",
        "had",
        "by",
        "that",
        "which",
        "who",
        "got",
        "received",
    }
    return merge("TOP" if clause or not single else "EXTCOL", match.items, cut, "top")


def _is_when(column: ColumnProfile, context: Context) -> bool:
    """Whether the column holds dates or calendar years, which nobody has the most of."""
    low = column.minimum
    year = context.is_year(column) and isinstance(low, int | float) and low >= _FIRST_YEAR
    return column.temporal or year


def _most(match: Match) -> bool:
    return any(item.kind == "EXT" for item in match.items)


@rule("col=COL of {the}* ext=(EXT|AGG:max|AGG:min) TAB")
def extreme_of_rows(match: Match, context: Context) -> Built:
    """As in "the amount of the largest payment"."""
    column = context.pick(match["col"].data, context.measurable)
    if column is None:
        return None
    cut = Cut(context.expression(column), match["ext"].text in {"most", "max"})
    rest = [item for item in match.items if item is not match["col"]]
    return [match["col"], merge("TOP", rest, cut, "top")]


@rule(
    "(with|has|have|having|had|by|in|of|that|which|are|is|who|made|got|by)* {the}* (TOPW|num=NUM)* {the}* ext=(EXT|EXTN|AGG:max|AGG:min) {the}* (CNT|amount)* (of)? {the}* tab=(TAB)",
    "(with|has|have|having|had|by|in)* {the}* ext=(EXT|AGG:max|AGG:min) cnt=CNT",
)
def with_most_rows(match: Match, context: Context) -> Built:
    """As in "with the most students"."""
    number, single = _number(match)
    ext = match["ext"]
    if (
        isinstance(ext.data, Adjective)
        and (found := context.gradable(ext.data))
        and not _owned(match)
    ):
        column, direction = found
        cut = Cut(context.expression(column), direction > 0, number, single)
        return merge("TOP", match.items, cut, "top", f"{ext.data.value}: by {column.name}")
    return merge("TOP", match.items, Cut(None, ext.text in {"most", "max"}, number, single), "top")


def _owned(match: Match) -> bool:
    """Whether something has the most of the rows ("with the most students")."""
    owners = {"with", "has", "have", "having", "had", "made", "got"}
    return any(item.kind == "W" and item.text in owners for item in match.items)


@rule(
    "(with|has|have|having|had|by|in)* {the}* ext=(EXT|AGG:max|AGG:min) mea=MEA",
    "(with|has|have|having|had|by|whose)* mea=MEA {be}* {the}* ext=(EXT|AGG:max|AGG:min|SUP)",
)
def with_most_measure(match: Match, context: Context) -> Built:
    """As in "with the highest average price"."""
    del context
    measures: tuple[Named, ...] = match["mea"].data
    text = match["ext"].text
    descending = (
        text in {"most", "max"}
        if match["ext"].kind != "SUP"
        else match["ext"].data.attributes[0].direction > 0
    )
    if len(measures) != 1:
        return None
    return merge("TOP", match.items, Cut(measures[0].value, descending), "top")


@rule("col=COL {the}* sup=SUP $", "col=COL {the}* sup=SUP _ $", "sup=SUP {the}* col=COL")
def date_last(match: Match, context: Context) -> Built:
    """As in "left office the latest", "the earliest start date"."""
    column = context.pick(match["col"].data, lambda c: c.numeric or context.date_like(c))
    adjective = match["sup"].data
    if column is None or context.counts(adjective):
        return None
    speaks = any(
        linked.column.name == column.name
        for a in adjective.attributes
        for linked in context.linker.named(a.words)
    )
    if not speaks and not context.date_like(column):
        return None
    if _is_of_time(match["sup"]) and context.measurable(column) and context.dates():
        return None
    cut = Cut(context.expression(column), _direction(adjective, column, context) > 0)
    leading = match.items[0].kind == "SUP"
    kind = "EXTCOL" if leading and not _clause(match) else "TOP"
    return merge(kind, match.items, cut, "top")


def _is_of_time(item: Item) -> bool:
    """Whether a word speaks of time before all else ("latest", not "longest")."""
    return item.kind != "SUP" or item.data.attributes[0].words in {"date", "time"}


def _clause(match: Match) -> bool:
    """Whether the extreme belongs to rows ("with the earliest date")."""
    before = match.before
    return before is not None and before.text in {"with", "has", "have", "had", "having", "by"}


def _direction(adjective: Adjective, column: ColumnProfile, context: Context) -> int:
    """Which end of the column the adjective means."""
    for attribute in adjective.attributes:
        if any(
            linked.column.name == column.name for linked in context.linker.named(attribute.words)
        ):
            return attribute.direction
    return adjective.attributes[0].direction


@rule("(whose)? col=COL {be}* {the}* ext=EXT")
def column_is_most(match: Match, context: Context) -> Built:
    """As in "whose salary is the highest"."""
    if not any(item.text in {"is", "are", "was", "were"} for item in match.items):
        return None
    column = context.pick(match["col"].data, context.measurable)
    if column is None:
        return None
    cut = Cut(context.expression(column), match["ext"].text == "most")
    return merge("TOP", match.items, cut, "top")


@rule(
    "{the}* (TOPW|num=NUM)* {the}* sup=SUP num2=NUM? (TAB|of)*",
    "{be}* {the}* sup=SUP",
    "{the}* (TOPW|num=NUM)* {the}* sup=EXT num2=NUM? (TAB|of)*",
)
def extreme_rows(match: Match, context: Context) -> Built:
    """As in "the three oldest students", "the cheapest"."""
    adjective = match["sup"].data
    if not isinstance(adjective, Adjective):
        return None
    found = context.gradable(adjective)
    number, single = _number(match)
    if match.has("num2") and (item := match.one("num2")):
        number, single = item.data, False
    if found is None:
        if not context.counts(adjective):
            return None
        return merge("TOP", match.items, Cut(None, _rising(adjective), number, single), "top")
    column, direction = found
    cut = Cut(context.expression(column), direction > 0, number, single)
    rows = [] if single else [item for item in match.items if item.kind == "TAB"]
    said = [item for item in match.items if item not in rows]
    return [merge("TOP", said, cut, "top", f"{match['sup'].text}: by {column.name}"), *rows]


@rule("{the}* word=(TOPW|ORDINAL|SUP) col=COL")
def latest_value(match: Match, context: Context) -> Built:
    """As in "the latest temperature of each sensor": the one that was measured last."""
    column = context.pick(match["col"].data, context.measurable)
    latest = end_of_time(match["word"])
    date = next(iter(context.dates()), None)
    after = match.after
    ends = after is None or after.kind in {"EACH", "BY", "PRED"} or after.text in _AFTER_LATEST
    if column is None or date is None or not ends or context.is_year(column):
        return None
    if latest is None or not _is_of_time(match["word"]):
        return None
    cut = Cut(context.expression(date), latest)
    said = [item for item in match.items if item is not match["col"]]
    note = f"the {'last' if latest else 'first'} by {date.name}"
    return [merge("TOP", said, cut, "top", note), match["col"]]


@rule(
    "verb=VERB {the}* word=(TOPW|ORDINAL|SUP) $",
    "verb=VERB {the}* word=(TOPW|ORDINAL|SUP) _ $",
    "{the}* word=(TOPW|ORDINAL|SUP) verb=VERB tab=TAB",
)
def done_last(match: Match, context: Context) -> Built:
    """As in "who was hired last", "the last hired employee"."""
    column = context.spoken(match["verb"].data, lambda c: c.temporal or context.is_year(c))
    latest = end_of_time(match["word"])
    if column is None or latest is None:
        return None
    note = f"the {'last' if latest else 'first'} by {column.name}"
    rows = match.all("tab")
    said = [item for item in match.items if item not in rows]
    return [merge("TOP", said, Cut(context.expression(column), latest), "top", note), *rows]


@rule("the? word=(TOPW|ORDINAL) tab=TAB")
def first_row(match: Match, context: Context) -> Built:
    """As in "the last reading of each sensor", "the amount of the first order"."""
    column = next(iter(context.dates()), None)
    latest = end_of_time(match["word"])
    noun, before = match["tab"].text, match.before
    owned = before is not None and before.text in {"whose", "their", "his", "her", "its"}
    if column is None or latest is None or owned or singular(noun) != noun:
        return None
    cut = Cut(context.expression(column), latest)
    note = f"the {'last' if latest else 'first'} by {column.name}"
    said = [item for item in match.items if item.kind != "TAB"]
    return [merge("TOP", said, cut, "top", note), match["tab"]]


@rule(
    "{the}* word=TOPW num=NUM {the}* what=COL (EACH|in|by|BY|for|within|across|of)+ {the}* group=COL (by|BY|in|of|with|based|on|according|to|ranked|terms)+ {the}* key=(COL|MEA|QTY)",
)
def top_number_per_group(match: Match, context: Context) -> Built:
    """As in "top 3 products per region by revenue"."""
    what = context.pick(match["what"].data)
    group = context.pick(match["group"].data, lambda c: not context.measurable(c))
    value = _ranked_by(match["key"], context)
    if what is None or group is None or value is None:
        return None
    descending = match["word"].text != "bottom"
    cut = Cut(value, descending, _number(match)[0], False, of=(context.named(what),))
    key = Item("KEY", "each", match["group"].tokens, (context.named(group),))
    rest = [item for item in match.items if item is not match["group"]]
    return [merge("TOP", rest, cut, "top"), key]


def _ranked_by(item: Item, context: Context) -> Expression | None:
    """The measure or quantity that ranks."""
    if item.kind == "MEA":
        value: Expression = item.data[0].value
        return value
    column = context.pick(item.data, context.measurable)
    return context.expression(column) if column is not None else None


@rule(
    "{the}* word=TOPW num=NUM {the}* what=(TAB|COL)? (by|in|of|with|based|on|according|to|for|BY|ranked|SORT|EXT|highest|terms|their)* {the}* key=(COL|MEA|QTY)?",
    "num=NUM {the}* word=TOPW what=(TAB|COL)? (by|in|of|with|based|on|BY|EXT)* {the}* key=(COL|MEA|QTY)?",
)
def top_number(match: Match, context: Context) -> Built:
    """As in "top 5 products by revenue"."""
    number, _ = _number(match)
    descending = match["word"].text != "bottom"
    key = match.one("key")
    what = match.one("what")
    if what is not None and what.kind == "COL" and key is None and match["word"].text != "first":
        column = context.pick(what.data, context.measurable)
        if column is not None:
            key, what = what, None
    value: Expression | None = None
    if key is not None and key.kind == "MEA":
        value = key.data[0].value
    elif key is not None:
        column = context.pick(key.data, context.measurable) or context.pick(key.data)
        assert column is not None
        value = context.expression(column)
    elif (
        what is not None
        and what.kind == "TAB"
        and (latest := end_of_time(match["word"])) is not None
    ):
        return _ends(match, what, number, context, latest=latest)
    elif match["word"].text in {"first", "any"}:
        return merge("LIM", match.items, number, "lim")
    of: tuple[Named, ...] = ()
    if what is not None and what.kind == "COL":
        column = context.pick(what.data)
        assert column is not None
        of = (context.named(column),)
    text = "top number" if value is None else "top"
    return merge("TOP", match.items, Cut(value, descending, number, False, of=of), text)


def _ends(match: Match, rows: Item, number: int, context: Context, *, latest: bool) -> Built:
    """As in "the last 5 orders", in time; without one only the first rows can be told."""
    said = [item for item in match.items if item is not rows]
    column = next(iter(context.dates()), None)
    if column is None or rows.text == "row":
        return None if latest else [merge("LIM", said, number, "lim"), rows]
    cut = Cut(context.expression(column), latest, number, single=False)
    note = f"the {'last' if latest else 'first'} by {column.name}"
    return [merge("TOP", said, cut, "top", note), rows]


@rule("verb=(VERB|COL) {the}* ext=EXT (_|CNT)? $", "verb=(VERB|COL) {the}* ext=EXT PRED* $")
def did_most(match: Match, context: Context) -> Built:
    """As in "who spent the most"."""
    verb = match["verb"]
    if verb.kind == "VERB":
        column = context.spoken(verb.data, context.measurable)
    else:
        column = context.pick(verb.data, context.measurable)
    if column is None:
        return None
    cut = Cut(context.expression(column), match["ext"].text == "most", total=True)
    rest = [item for item in match.items if item.kind == "PRED"]
    made = merge("TOP", [item for item in match.items if item.kind != "PRED"], cut, "top")
    return [made, *rest]
