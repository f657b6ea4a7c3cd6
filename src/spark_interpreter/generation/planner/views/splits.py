"""Questions that measure several things, taken apart: "revenue, visits and tickets per town",
"revenue per visit by town".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.views.scope import table_mentions
from spark_interpreter.generation.planner.views.view import display_column
from spark_interpreter.generation.planner.wording.words import plural
from spark_interpreter.model import TableProfile

_BETWEEN = frozenset(("and", "&", "vs", "versus", ","))
_MOST_PARTS = 4
_MANY_CUTS = 5
"""More of them part the columns or values of a list, and there are too many ways to take it."""
_COUNTING = frozenset(("number", "numbers", "count", "counts", "many"))
_GROUPING = frozenset(("per", "by", "each", "every"))
_TAIL = _GROUPING | {"for", "in", "during", "since", "from", "where", "before", "after"}
_LOWEST = frozenset(("lowest", "smallest", "least", "worst", "minimum", "bottom"))
_HIGHEST = frozenset(
    ("highest", "largest", "biggest", "greatest", "most", "best", "maximum", "top")
)
_EXTREME = "|".join(sorted(_LOWEST | _HIGHEST))
_RATIO = re.compile(
    r"(?:what (?:is|was) )?(?:the )?ratio (?:of|between) (.+?) (?:to|and) (.+)", re.IGNORECASE
)
_DIVIDED = re.compile(r"(.+?) (?:divided by|relative to|/) (.+)", re.IGNORECASE)
_PER = re.compile(r"(.+?) per (.+)", re.IGNORECASE)
_LEADING = re.compile(r"^(?:(?:what|is|was|the|show|number|count|of|how|many)\s+)+", re.IGNORECASE)
_AVERAGE = re.compile(r"^(?:what (?:is|was) )?(?:the )?(?:average|mean) ", re.IGNORECASE)
_AVERAGE_NUMBER = re.compile(_AVERAGE.pattern + "(?:number|count) of ", re.IGNORECASE)
_ADDED = re.compile(r"(?:total|sum|number|count)\b", re.IGNORECASE)
_VALUE = re.compile(r"(?:what (?:is|was) )?(?:the )?average (\w+) value\b(.*)", re.IGNORECASE)
_MOST = re.compile(
    rf"(?:(?:which|what|the|show|list|find)\s+)*(.+?)\s+(?:has|have|had|with)\s+(?:the\s+)?({_EXTREME})"
    r"\s+(.+)",
    re.IGNORECASE,
)
_TOP = re.compile(
    r"(?:(?:what|which|are|the|show|list|find)\s+)*(top|bottom)\s+(?:(\d+)\s+)?(.+?)\s+by\s+(.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Only the first groups: `number` of them, those with the largest values first or last."""

    number: int
    descending: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A question in parts, each with what was said of all of them ("per region", "in 2024").

    Attributes:
        divided: the first part is divided by the second.
        called: the name of the quotient's column.
        each: it is a quotient for each row of a table, to which the rows of the other belong.
        sure: nothing but a quotient can be meant.
    """

    parts: tuple[str, ...]
    divided: bool = False
    called: str = "ratio"
    each: bool = False
    sure: bool = False
    ranking: Ranking | None = None


def splits(question: str, profiles: Sequence[TableProfile]) -> Iterator[Split]:
    """The ways to take a question apart; quotients first."""
    question = question.strip(" ?.")
    asked, ranking = _ranked(question)
    yield from _quotients(_tail_last(asked), ranking, profiles)
    if len(profiles) > 1:
        yield from _side_by_side(_tail_last(question), profiles)


# --- parts that stand side by side ------------------------------------------------------------


def _side_by_side(question: str, profiles: Sequence[TableProfile]) -> Iterator[Split]:
    tokens = tokenize(question)
    cuts = list(_cuts(tokens))
    most = _MOST_PARTS if len(cuts) <= _MANY_CUTS else 2
    for number in reversed(range(1, most)):
        for chosen in combinations(cuts, number):
            starts = [0, *(stop for _, stop in chosen)]
            stops = [*(first for first, _ in chosen), len(tokens)]
            parts = [tokens[first:stop] for first, stop in zip(starts, stops, strict=True)]
            yield Split(tuple(_completed(parts, question, profiles)))


def _cuts(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where words end and start again around "and" and commas (", and" is one cut)."""
    at = 1
    while at < len(tokens) - 1:
        stop = at
        while stop < len(tokens) and tokens[stop].lower in _BETWEEN:
            stop += 1
        if at < stop < len(tokens):
            yield at, stop
        at = max(stop, at + 1)


def _completed(
    parts: Sequence[Sequence[Token]], question: str, profiles: Sequence[TableProfile]
) -> Iterator[str]:
    """The parts as text, each with the groups and conditions that one of them says for all, and
    "number of" where it is said of the first of several ("number of visits and invoices").
    """
    last = parts[-1]
    tail = _tail(last, _TAIL)
    shared = last[tail:] if tail is not None else ()
    if tail is None:
        found = ((part, at) for part in parts if (at := _tail(part, _GROUPING)) is not None)
        part, at = next(found, (last, len(last)))
        shared = part[at:]
    counting = bool(_COUNTING & {token.lower for token in parts[0]})
    for part in parts:
        has_it = part is last if tail is not None else _tail(part, _GROUPING) is not None
        said = (
            [_text(part, question)] if has_it else [_text(part, question), _text(shared, question)]
        )
        at = _tail(part, _TAIL) or len(part)
        if counting and (counted := _counted(_text(part[:at], question), profiles)):
            said[0] = f"{counted} {_text(part[at:], question)}"
        yield " ".join(" ".join(said).split())


def _text(tokens: Sequence[Token], question: str) -> str:
    return question[tokens[0].start : tokens[-1].end] if tokens else ""


def _tail_last(question: str) -> str:
    """As in "for each region, revenue and tickets": the groups are said of every part."""
    head, comma, rest = question.partition(",")
    words = head.lower().split()
    grouped = words[:1] in (["per"], ["by"]) or words[:2] in (["for", "each"], ["for", "every"])
    return f"{rest.strip()} {head}" if comma and grouped else question


def _tail(tokens: Sequence[Token], words: frozenset[str]) -> int | None:
    """Where the words begin that end a part ("per region")."""
    for at in range(1, len(tokens)):
        if tokens[at].lower in words:
            led = tokens[at].lower in {"each", "every"} and tokens[at - 1].lower in {"for", "of"}
            return at - 1 if led else at
    return None


# --- quotients --------------------------------------------------------------------------------


def _ranked(question: str) -> tuple[str, Ranking | None]:
    """As in "which town has the highest revenue per visit": the quotient by town, and its first."""
    if found := _MOST.fullmatch(question):
        group, extreme, measured = found.groups()
        return f"{measured} by {group}", Ranking(1, extreme.lower() in _HIGHEST)
    if found := _TOP.fullmatch(question):
        extreme, number, group, measured = found.groups()
        return f"{measured} by {group}", Ranking(int(number or 10), extreme.lower() == "top")
    return question, None


def _quotients(
    question: str, ranking: Ranking | None, profiles: Sequence[TableProfile]
) -> Iterator[Split]:
    if (found := _RATIO.fullmatch(question)) or (found := _DIVIDED.fullmatch(question)):
        yield from _divided(found[1], found[2], ranking, profiles)
    elif len(profiles) > 1 and (found := _VALUE.fullmatch(question)):
        yield from _per("revenue", f"{found[1]} {found[2]}", ranking, profiles, valued=True)
    elif found := _PER.fullmatch(question):
        yield from _per(found[1], found[2], ranking, profiles)


def _divided(
    over: str, rest: str, ranking: Ranking | None, profiles: Sequence[TableProfile]
) -> Iterator[Split]:
    under, tail = _under(rest)
    parts = [f"{_counted(part, profiles) or part} {tail}".strip() for part in (over, under)]
    yield Split(tuple(parts), divided=True, sure=True, ranking=ranking)


def _per(
    over: str,
    rest: str,
    ranking: Ranking | None,
    profiles: Sequence[TableProfile],
    *,
    valued: bool = False,
) -> Iterator[Split]:
    """Something for each event; for each customer or store, which have names, it is groups, unless
    something else is ranked by it or it is an average.

    Args:
        valued: it is the "value" of each ("average order value").
    """
    under, tail = _under(rest)
    events = ranking is None and not _AVERAGE_NUMBER.match(over)
    counted = _counted(under, profiles, events=events)
    words = _AVERAGE.sub("", over)
    over = words if words == over or _ADDED.match(words) else f"total {words}"
    if counted is None:
        return
    parts = (f"{_counted(over, profiles) or over} {tail}".strip(), f"{counted} {tail}".strip())
    sure = bool(valued or _GROUPING & set(tail.lower().split()))
    called = f"{_LEADING.sub('', words)} per {under}"
    called = "_".join(re.findall(r"\w+", called.lower()))
    yield Split(parts, divided=True, called=called, each=True, sure=sure, ranking=ranking)


def _under(rest: str) -> tuple[str, str]:
    """What is divided by, and what is said of the whole ("by town", "in 2024")."""
    tokens = tokenize(rest)
    at = _tail(tokens, _TAIL)
    return (rest, "") if at is None else (_text(tokens[:at], rest), _text(tokens[at:], rest))


def _counted(words: str, profiles: Sequence[TableProfile], *, events: bool = False) -> str | None:
    """As in "number of visits" for "visit": words that only name the rows of a table.

    Args:
        events: only rows that have no name.
    """
    tokens = [token for token in tokenize(words) if token.lower not in {"a", "an", "the"}]
    for mention in table_mentions(tokens, profiles):
        table = next(profile for profile in profiles if profile.name == mention.table)
        if (mention.first, mention.stop) == (0, len(tokens)) and not (
            events and display_column(table)
        ):
            return f"number of {plural(_text(tokens, words))}"
    return None
