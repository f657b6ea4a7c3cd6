"""The lexical scan: from tokens to rows of items, the likeliest readings first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from spark_interpreter.generation.planner.language.calendar import Grain
from spark_interpreter.generation.planner.language.lexicon import (
    Adjective,
    find_adjectives,
    find_measures,
    find_phrases,
    find_verbs,
    lexicon,
)
from spark_interpreter.generation.planner.language.moments import TimeBucket
from spark_interpreter.generation.planner.language.numbers import find_numbers
from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.linking import Link
from spark_interpreter.generation.planner.parsing.content import (
    COMPUTING,
    computes,
    is_how_often,
    is_negation,
    is_operator,
    unknown,
    weigh,
)
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.derive import derived_column, metric_column
from spark_interpreter.generation.planner.parsing.items import (
    ColumnLinks,
    Item,
    Linked,
    ValueLinks,
)
from spark_interpreter.generation.planner.parsing.operators import operators_of
from spark_interpreter.generation.planner.parsing.times import time_items
from spark_interpreter.generation.planner.plan import Named

_BEAM = 12
_ITEM_COST = 0.15
_SURE = 0.96
_SHORT = 3
_SEARCHED = 8
_LONGEST_NAME = 4

_EXTREMES = frozenset(
    [
        "highest",
        "largest",
        "biggest",
        "greatest",
        "lowest",
        "smallest",
        "least",
        "most",
        "fewest",
        "maximum",
        "minimum",
    ]
)
_UNKNOWN_COST = 0.5
_ROW_WORDS = frozenset(
    [
        "row",
        "rows",
        "record",
        "records",
        "entry",
        "entries",
        "item",
        "items",
        "instance",
        "instances",
        "thing",
        "things",
        "one",
        "ones",
    ]
)

_UNITS = frozenset(("ms", "milliseconds", "minutes", "seconds", "dollars", "euros"))
_DETERMINERS = frozenset(("a", "an", "the", "any", "all", "of", "different"))
_WANT_COLUMNS = frozenset(("per", "by", "each", "every", "no", "without", "which"))
_RELATIVES = frozenset(("that", "which"))
_RATES = frozenset(("rate", "rates", "percentage", "ratio", "share"))
_TIME_UNITS: tuple[Grain, ...] = ("year", "quarter", "month", "week", "day", "hour")
_VALUE_WORDS = frozenset(("value", "values", "data", "information", "work", "works"))
_LETTER_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "letter",
        "letters",
        "word",
        "words",
        "substring",
        "phrase",
        "string",
        "text",
    ]
)
Arc = tuple[int, int, Item, float]


def readings(
    question: str, tokens: Sequence[Token], context: Context, *, limit: int
) -> list[tuple[float, list[Item]]]:
    """The best ways to cover the question with items, each with its score, best first."""
    context.metrics = context.linker.metrics(tokens)
    links = context.linker.columns(tokens)
    context.links = [link for link in links if not _is_of_metric(link.first, link.stop, context)]
    arcs: defaultdict[int, list[tuple[int, Item, float]]] = defaultdict(list)
    for first, stop, item, gain in _arcs(question, tokens, context):
        arcs[first].append((stop, item, gain))
    beams: list[list[tuple[float, tuple[Item, ...]]]] = [[] for _ in range(len(tokens) + 1)]
    beams[0] = [(0.0, ())]
    for at in range(len(tokens)):
        beams[at].sort(key=lambda entry: -entry[0])
        del beams[at][_BEAM:]
        for score, items in beams[at]:
            for stop, item, gain in arcs[at]:
                beams[stop].append((score + gain, (*items, item)))
    beams[-1].sort(key=lambda entry: -entry[0])
    return [(score, list(items)) for score, items in beams[-1][:limit]]


def _arcs(question: str, tokens: Sequence[Token], context: Context) -> Iterator[Arc]:
    for first, stop, item, weight in _meanings(question, tokens, context):
        length = sum(weigh(token) for token in tokens[first:stop])
        yield first, stop, item, length * item.score * weight - _ITEM_COST
    for at, token in enumerate(tokens):
        item = Item("W", token.lower, frozenset((at,)), token)
        yield at, at + 1, item, 0.0 if not unknown(token) else -_UNKNOWN_COST


def _meanings(
    question: str, tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    yield from _columns(tokens, context)
    yield from _values(question, tokens, context)
    yield from _rated_values(tokens, context)
    times = list(time_items(question, tokens, context))
    if context.find_values is not None:
        timed = {at for first, stop, _ in times for at in range(first, stop)}
        yield from _looked_up(question, tokens, context, timed)
    yield from _tables(tokens, context)
    yield from _numbers(tokens)
    yield from _quoted(tokens)
    yield from _written_texts(question, tokens)
    yield from _phrases(tokens, context)
    yield from _adjectives(tokens, context)
    yield from _verbs(tokens)
    yield from _units_of_dates(tokens, context)
    yield from _measures(tokens, context)
    exact = {link.stop for link in context.links if link.options[0].score >= _SURE}
    for first, stop, item in times:
        if item.kind != "BUCKET" or stop not in exact or not _is_named(tokens[stop - 1], context):
            yield first, stop, item, 1.05


def _is_named(token: Token, context: Context) -> bool:
    """Whether a column that is no date is called exactly like the word ("Season")."""
    words = ((token.lower,), (token.lemma,))
    columns = context.profile.columns
    return any(context.linker.words(c) in words and not c.temporal for c in columns)


def _span(first: int, stop: int) -> frozenset[int]:
    return frozenset(range(first, stop))


def _text(tokens: Sequence[Token], first: int, stop: int) -> str:
    return " ".join(token.lower for token in tokens[first:stop])


def _columns(tokens: Sequence[Token], context: Context) -> Iterator[tuple[int, int, Item, float]]:
    operators = _operator_words(tokens)
    graded = {a.stop - 1 for a in find_adjectives(tokens) if a.degree == "superlative"}
    for link in context.links:
        options = link.options
        if link.stop - link.first == 1 and _is_no_column(tokens, link, operators):
            continue
        taken = link.first in operators | graded
        if taken and _takes_operator(tokens[link.first], options[0], context):
            continue
        text = _text(tokens, link.first, link.stop)
        best = options[0].score
        if _is_own_value(tokens[link.first : link.stop], options[0], context):
            continue
        yield (
            link.first,
            link.stop,
            Item("COL", text, _span(link.first, link.stop), ColumnLinks(options), best),
            1.0,
        )
        if _names_rows(tokens[link.stop - 1], options[0], context):
            score = min(0.97, best + 0.04)
            yield (
                link.first,
                link.stop,
                Item("TAB", text, _span(link.first, link.stop), None, score),
                1.0,
            )


def _is_own_value(tokens: Sequence[Token], linked: Linked, context: Context) -> bool:
    """Whether the word is rather a value of the column than its name ("severe": severity)."""
    found = context.linker.values.exact(tokens[0].text) if len(tokens) == 1 else ()
    called = {tokens[0].lower, tokens[0].lemma} & set(context.linker.words(linked.column))
    return not called and any(v.column is linked.column for v in found)


def _is_no_column(tokens: Sequence[Token], link: Link, operators: set[int]) -> bool:
    """Whether a word that might name a column surely does not here."""
    token = tokens[link.first]
    if is_negation(token):
        return token.text.islower() or token.start == 0
    unit = link.first > 0 and tokens[link.first - 1].kind == "number" and token.lower in _UNITS
    sure = link.options[0].score >= _SURE
    if not sure and (is_how_often(tokens, link.first)):
        return True
    return not sure and (unit or link.first in operators or token.lower in _VALUE_WORDS)


def _takes_operator(token: Token, linked: Linked, context: Context) -> bool:
    """Whether words would lose what they compute ("total claimed") to a column without it."""
    said = computes(token.lower) | {token.lower, token.lemma}
    words = context.linker.words(linked.column)
    named = any(word in said or computes(word) & said for word in words)
    return linked.score < _SURE and not named


def _operator_words(tokens: Sequence[Token]) -> set[int]:
    """Positions of words that are operators by themselves ("total", "highest")."""
    return {
        phrase.first
        for phrase in find_phrases(tokens)
        if phrase.stop - phrase.first == 1 and phrase.category in COMPUTING
    }


def _names_rows(token: Token, linked: Linked, context: Context) -> bool:
    """Whether a plural stands for the rows: the table has one key or name for each ("artists")."""
    plural = token.lemma != token.lower
    column = linked.column
    words = context.linker.words(column)
    key = column.unique and context.is_id(column) and words[-1] != token.lemma
    return plural and key


def _values(
    question: str, tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    columns = {(link.first, link.stop): link.options for link in context.links}
    for first, stop, options in context.linker.values.spans(question, tokens):
        if _asks_for_column(tokens, first) and (first, stop) in columns:
            continue
        text = question[tokens[first].start : tokens[stop - 1].end]
        score = _value_score(tokens[first:stop], text, options[0].value)
        if score:
            data = ValueLinks(options, tokens[first].text if stop - first == 1 else text)
            yield first, stop, Item("VAL", text.lower(), _span(first, stop), data, score), 1.0


def _rated_values(
    tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    """As in "cancellation rate" where a status is "cancelled"."""
    for at, token in enumerate(tokens[:-1]):
        if tokens[at + 1].lower in _RATES and (found := context.linker.values.related(token.lower)):
            data = ValueLinks(found, str(found[0].value))
            yield at, at + 1, Item("VAL", token.lower, _span(at, at + 1), data, 0.95), 1.0


def _asks_for_column(tokens: Sequence[Token], first: int) -> bool:
    """Whether the word in front wants a column: "per store", "without a manager"."""
    at = first - 1
    while at > 0 and tokens[at].lower in _DETERMINERS:
        at -= 1
    return at >= 0 and tokens[at].lower in _WANT_COLUMNS


def _looked_up(
    question: str, tokens: Sequence[Token], context: Context, timed: set[int]
) -> Iterator[tuple[int, int, Item, float]]:
    """Names and quoted texts that the sample lacks, found in the whole source.

    That costs a scan, so it is spared for words that a time or a column explains.
    """
    linked = {at for link in context.links for at in range(link.first, link.stop)}
    explained = timed | linked
    known = context.linker.values
    for first, stop in _names(tokens):
        text = question[tokens[first].start : tokens[stop - 1].end]
        text = tokens[first].text if tokens[first].kind == "quoted" else text
        if known.near(text) or explained & set(range(first, stop)):
            continue
        if found := known.look_up(text, context.find_values, known.text_columns()[:_SEARCHED]):
            item = Item("VAL", text.lower(), _span(first, stop), ValueLinks(found, text), 1.0)
            yield first, stop, item, 1.0


def _names(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Quoted texts, and runs of capitalised words that do not open the question."""
    at = 0
    while at < len(tokens):
        stop = at
        while stop < len(tokens) and _is_name(tokens[stop]) and stop - at < _LONGEST_NAME:
            stop += 1
        if stop > at:
            yield at, stop
        elif tokens[at].kind == "quoted":
            yield at, at + 1
        at = max(stop, at + 1)


def _is_name(token: Token) -> bool:
    return token.kind == "word" and token.start > 0 and token.text[0].isupper() and unknown(token)


def _value_score(tokens: Sequence[Token], text: str, value: object) -> float:
    """How likely the words are meant as the value and not as what they usually mean."""
    first = tokens[0]
    if first.kind == "quoted":
        return 1.15
    same_case = text == value
    if same_case and len(tokens) == 1 and text.islower() and len(text) > _SHORT:
        return 0.985
    if len(tokens) > 1:
        return 1.0 if same_case else 0.93
    words = lexicon()
    if first.kind in {"number", "date"}:
        return 0.8
    if words.has("stop", first.lower) or words.has("filler", first.lower) or len(first.text) == 1:
        return 0.97 if same_case and first.text[0].isupper() and first.start > 0 else 0.0
    if first.text[0].isupper() and first.start > 0:
        return 1.0 if same_case else 0.95
    return 0.9


def _tables(tokens: Sequence[Token], context: Context) -> Iterator[tuple[int, int, Item, float]]:
    grouped = {
        link.stop for link in context.links if not context.tells_rows(link.options[0].column)
    }
    for first, stop, score in context.linker.table(tokens):
        if any(token.lower == "whose" for token in tokens[first:stop]):
            continue  # "the dorm whose name": two things
        if stop in grouped and _is_grouped(tokens, first):
            continue
        weight = 1.0 if score >= _SURE else 0.8
        yield (
            first,
            stop,
            Item("TAB", _text(tokens, first, stop), _span(first, stop), None, min(score, 0.97)),
            weight,
        )
    for at, token in enumerate(tokens):
        if token.lower in _ROW_WORDS:
            yield at, at + 1, Item("TAB", "row", _span(at, at + 1), None, 0.6), 1.0
        elif token.lower in {"people", "person", "persons", "individuals", "someone"}:
            yield at, at + 1, Item("TAB", "person", _span(at, at + 1), None, 0.55), 1.0


def _is_grouped(tokens: Sequence[Token], first: int) -> bool:
    """Whether the word in front makes groups ("per sensor" in a table of sensors)."""
    return first > 0 and tokens[first - 1].lower in {"per", "by", "each", "every"}


def _numbers(tokens: Sequence[Token]) -> Iterator[tuple[int, int, Item, float]]:
    for number in find_numbers(tokens):
        ordinal = number.kind == "ordinal"
        kind = "ORDINAL" if ordinal else "NUM"
        score = 0.95 if number.written else 0.75
        text = tokens[number.first].lower if number.kind == "times" else str(number.value)
        item = Item(kind, text, _span(number.first, number.stop), number.value, score)
        yield number.first, number.stop, item, 1.0


def _quoted(tokens: Sequence[Token]) -> Iterator[tuple[int, int, Item, float]]:
    for at, token in enumerate(tokens):
        if token.kind in {"quoted", "email"}:
            yield at, at + 1, Item("STR", token.lower, _span(at, at + 1), token.text), 1.0


def _written_texts(
    question: str, tokens: Sequence[Token]
) -> Iterator[tuple[int, int, Item, float]]:
    """What stands behind "starts with" without quotes: everything up to the next space."""
    for phrase in find_phrases(tokens):
        if phrase.category != "text":
            continue
        first = phrase.stop
        while first < len(tokens) and _leads_to_text(tokens, first):
            first += 1
        stop = first + 1
        while stop < len(tokens) and tokens[stop].start == tokens[stop - 1].end:
            stop += 1
        while stop > first + 1 and tokens[stop - 1].text in {"?", ".", "!", ","}:
            stop -= 1
        if first < len(tokens) and _may_be_text(tokens[first], joined=stop > first + 1):
            text = question[tokens[first].start : tokens[stop - 1].end]
            yield first, stop, Item("STR", text.lower(), _span(first, stop), text, 0.95), 1.0


def _leads_to_text(tokens: Sequence[Token], at: int) -> bool:
    """As in "starts with the letter A": words in front of the text, not the letter itself."""
    return tokens[at].lower in _LETTER_WORDS and not _is_letter(tokens, at)


def _is_letter(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    last = all(other.kind == "punctuation" for other in tokens[at + 1 :])
    return len(token.text) == 1 and token.kind == "word" and (token.text.isupper() or last)


def _may_be_text(token: Token, *, joined: bool) -> bool:
    if len(token.text) == 1 and token.kind == "word":
        return True
    return token.kind != "quoted" and (joined or (unknown(token) and not is_operator(token)))


def _is_plural(tokens: Sequence[Token]) -> bool:
    """As in "draws per season": a noun, not the wish for a drawing."""
    return len(tokens) == 1 and tokens[0].lower != tokens[0].lemma


def _phrases(tokens: Sequence[Token], context: Context) -> Iterator[tuple[int, int, Item, float]]:
    exact = {
        link.first
        for link in context.links
        if link.stop == link.first + 1 and link.options[0].score >= _SURE
    }
    called = {
        link.first
        for link in context.links
        if link.stop > link.first + 1 and link.options[0].score >= _SURE
    }
    for phrase in find_phrases(tokens):
        if phrase.value == "count" and exact & set(range(phrase.first, phrase.stop)):
            continue
        if phrase.category == "order" and (
            phrase.first in called or _counts_rows(tokens, phrase.first, context)
        ):
            continue
        stop = phrase.stop
        if phrase.category == "visual" and _is_plural(tokens[phrase.first : stop]):
            continue
        if phrase.category == "aggregate":  # "total amount of" where a column is called amount
            stop = min((at for at in exact if phrase.first < at < stop), default=stop)
        text = _text(tokens, phrase.first, stop)
        for kind, value, weight in operators_of(phrase.category, phrase.value, text):
            item = Item(kind, value, _span(phrase.first, stop), text, 0.9)
            yield phrase.first, stop, item, weight


def _counts_rows(tokens: Sequence[Token], at: int, context: Context) -> bool:
    """Whether the word of an order is the plural of the table's rows ("orders by region")."""
    token = tokens[at]
    if token.lemma == token.lower:
        return False
    keys = (link.options[0] for link in context.links if (link.first, link.stop) == (at, at + 1))
    return token.lemma in map(singular, context.linker.table_words) or any(
        _names_rows(token, linked, context) for linked in keys
    )


def _periods(
    found: Sequence[Adjective], tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    """As in "the busiest month": the unit of time behind a superlative."""
    ends = {adjective.stop for adjective in found if adjective.degree == "superlative"}
    for at in ends & set(range(len(tokens))):
        unit = next((u for u in _TIME_UNITS if u == tokens[at].lower), None)
        if unit is not None and context.dates():
            bucket = TimeBucket(grain=unit, part=None, description=f"by {unit}", first=at, stop=at)
            yield at, at + 1, Item("BUCKET", unit, _span(at, at + 1), bucket, 0.97), 1.0


def _units_of_dates(
    tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    """As in "by signup year": the unit of time behind the name of a date."""
    named = {link.stop for link in context.links if link.options[0].column.temporal}
    for at in named & set(range(len(tokens))):
        unit = next((u for u in _TIME_UNITS if u == tokens[at].lower), None)
        if unit is not None:
            bucket = TimeBucket(grain=unit, part=None, description=f"by {unit}", first=at, stop=at)
            yield at, at + 1, Item("BUCKET", unit, _span(at, at + 1), bucket, 0.97), 1.0


def _adjectives(
    tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    found = find_adjectives(tokens)
    yield from _periods(found, tokens, context)
    yield from _compound_superlatives(found, tokens)
    for adjective in found:
        text = _text(tokens, adjective.first, adjective.stop)
        span = _span(adjective.first, adjective.stop)
        if adjective.degree == "superlative" and text in _EXTREMES:
            value = "most" if _grows(adjective) else "least"
            item = Item("EXT", value, span, adjective, 0.93)
            yield adjective.first, adjective.stop, item, 1.02
        elif adjective.degree == "superlative":
            yield adjective.first, adjective.stop, Item("SUP", text, span, adjective, 0.93), 1.0
        elif adjective.degree == "comparative":
            stop = adjective.stop
            if stop < len(tokens) and tokens[stop].lower in {"than", "then"}:
                item = Item("ADJ", text, _span(adjective.first, stop + 1), adjective, 0.97)
                yield adjective.first, stop + 1, item, 1.0
        else:
            yield adjective.first, adjective.stop, Item("POS", text, span, adjective, 0.5), 0.7


def _compound_superlatives(
    found: Sequence[Adjective], tokens: Sequence[Token]
) -> Iterator[tuple[int, int, Item, float]]:
    """As in "highest paid", "best rated"."""
    positives = {a.first: a for a in found if a.degree == "positive"}
    for outer in found:
        inner = positives.get(outer.stop)
        if outer.degree != "superlative" or inner is None:
            continue
        sign = outer.attributes[0].direction
        attributes = tuple(replace(a, direction=a.direction * sign) for a in inner.attributes)
        made = replace(inner, degree="superlative", attributes=attributes, first=outer.first)
        text = _text(tokens, outer.first, inner.stop)
        item = Item("SUP", text, _span(outer.first, inner.stop), made, 0.97)
        yield outer.first, inner.stop, item, 1.02


def _grows(adjective: Adjective) -> bool:
    return adjective.attributes[0].direction > 0


def _verbs(tokens: Sequence[Token]) -> Iterator[tuple[int, int, Item, float]]:
    for verb in find_verbs(tokens):
        text = _text(tokens, verb.first, verb.stop)
        weight = 0.3 if text in {"in", "from", "to"} else 0.75
        yield (
            verb.first,
            verb.stop,
            Item("VERB", text, _span(verb.first, verb.stop), verb, 0.8),
            weight,
        )


def _is_of_metric(first: int, stop: int, context: Context) -> bool:
    """Whether the words are (part of) the name of a metric of the glossary, which goes first."""
    return any(start <= first and stop <= end for start, end, _ in context.metrics)


def _house_metrics(
    tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item, float]]:
    for first, stop, metric in context.metrics:
        text, span, notes = _text(tokens, first, stop), _span(first, stop), (metric.note,)
        if metric.grouped:
            named = Named(name=metric.column.name, value=metric.value)
            yield first, stop, Item("MEA", text, span, (named,), 1.0, notes), 1.08
        else:
            column = ColumnLinks((Linked(metric_column(metric, context), 1.0),))
            yield first, stop, Item("COL", text, span, column, 1.0, notes), 1.08


def _measures(tokens: Sequence[Token], context: Context) -> Iterator[tuple[int, int, Item, float]]:
    yield from _house_metrics(tokens, context)
    for measure, first, stop in find_measures(tokens):
        if _is_of_metric(first, stop, context):
            continue
        if stop == first + 1 and first and tokens[first - 1].lower in _RELATIVES:
            continue  # "products that cost more": a verb
        if stop < len(tokens) and lexicon().has("band", tokens[stop].lower):
            continue  # "by age group": not by each single age
        made = derived_column(measure, context)
        if made is not None:
            column, note = made
            item = Item(
                "COL",
                _text(tokens, first, stop),
                _span(first, stop),
                ColumnLinks((Linked(column, 0.9),)),
                0.9,
                (note,),
            )
            listed = first > 0 and tokens[first - 1].lower in {"many", "of", "all", "list"}
            yield first, stop, item, 0.97 if listed else 1.08
