"""Numbers in a question, however they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from spark_interpreter.generation.planner.language.tokens import Token

NumberKind = Literal["cardinal", "ordinal", "percent", "currency", "fraction", "times"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the tokens it covers, `stop` not included.

    Attributes:
        value: a percent is as written (10 for "10%"); a fraction is below one ("half": 0.5).
        kind: "ordinal" for positions ("third"), "times" for how often ("twice"), "cardinal" for
            plain numbers.
        written: in digits; words like "one" or "first" often do not count anything.
    """

    value: int | float
    kind: NumberKind
    first: int
    stop: int
    written: bool = True


_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "hundred": 100, "hundreds": 100, "dozen": 12, "dozens": 12, "thousand": 1_000,
    "thousands": 1_000,
    "k": 1_000, "grand": 1_000, "lakh": 100_000, "million": 1_000_000, "millions": 1_000_000,
    "mio": 1_000_000, "mln": 1_000_000, "m": 1_000_000, "mm": 1_000_000, "crore": 10_000_000,
    "billion": 1_000_000_000, "billions": 1_000_000_000, "bn": 1_000_000_000, "b": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}  # fmt: skip
_GLUED_SCALES = frozenset({"k", "m", "mm", "b", "bn"})
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8,
    "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14,
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_ORDINAL_SUFFIXES = frozenset({"st", "nd", "rd", "th"})
_FRACTIONS = {
    "half": 0.5, "halves": 0.5, "quarter": 0.25, "quarters": 0.25, "thirds": 1 / 3, "fifths": 0.2,
    "tenths": 0.1,
}  # fmt: skip
_REPEATS = {"once": 1, "twice": 2, "thrice": 3}
_CURRENCY_SIGNS = frozenset("$€£¥₹")
_CURRENCY_WORDS = frozenset(
    {"dollar", "dollars", "usd", "euro", "euros", "eur", "pound", "pounds", "gbp", "yen", "rupee"}
    | {"rupees", "bucks", "cents", "chf"}
)
_PERCENT_WORDS = frozenset({"%", "percent", "pct"})


def find_numbers(tokens: Sequence[Token]) -> tuple[Number, ...]:
    """Every number of the question, from left to right; they do not overlap.

    "a couple" and articles are not numbers here; "second" and "quarter" are reported though they
    may be units of time, which `find_times` then covers.
    """
    return tuple(_scan(tokens))


def parse_number(text: str) -> int | float | None:
    """The value of digits with optional grouping commas; None if the text is no number."""
    try:
        plain = text.replace(",", "")
        return float(plain) if "." in plain else int(plain)
    except ValueError:
        return None


def _scan(tokens: Sequence[Token]) -> Iterator[Number]:
    at = 0
    while at < len(tokens):
        number = _at(tokens, at)
        if number:
            yield number
        at = number.stop if number else at + 1


def _at(tokens: Sequence[Token], at: int) -> Number | None:
    if tokens[at].lower in _CURRENCY_SIGNS and at + 1 < len(tokens):
        inner = _plain(tokens, at + 1)
        return _as(inner, "currency", at, inner.stop) if inner else None
    number = _plain(tokens, at) or _special(tokens, at)
    if number is None or number.kind != "cardinal" or number.stop >= len(tokens):
        return number
    after = tokens[number.stop].lower
    if after in _PERCENT_WORDS:
        return _as(number, "percent", number.first, number.stop + 1)
    if after == "per" and _lower(tokens, number.stop + 1) == "cent":
        return _as(number, "percent", number.first, number.stop + 2)
    if after in _CURRENCY_WORDS or after in _CURRENCY_SIGNS:
        return _as(number, "currency", number.first, number.stop + 1)
    return number


def _as(number: Number, kind: NumberKind, first: int, stop: int) -> Number:
    return Number(number.value, kind, first, stop, number.written)


def _plain(tokens: Sequence[Token], at: int) -> Number | None:
    """Digits or number words, with scales: "2 million", "twenty five thousand", "1.5k"."""
    value: int | float | None = None
    stop, written = at, False
    if tokens[at].kind == "number":
        value, stop, written = parse_number(tokens[at].text), at + 1, True
    elif tokens[at].kind == "word":
        value, stop = _small(tokens, at)
    if value is None:
        return None
    if written and _lower(tokens, stop) in _ORDINAL_SUFFIXES and _glued(tokens, stop):
        return Number(value, "ordinal", at, stop + 1)
    value, stop = _scaled(tokens, value, stop)
    return Number(_whole(value), "cardinal", at, stop, written)


def _small(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    """A number below one hundred in words."""
    word = tokens[at].lower
    if word in _UNITS:
        return _UNITS[word], at + 1
    if word in _TENS:
        unit = _UNITS.get(_lower(tokens, at + 1), 0)
        return (_TENS[word] + unit, at + 2) if 0 < unit < 10 else (_TENS[word], at + 1)
    return None, at


def _scaled(
    tokens: Sequence[Token], value: float, stop: int
) -> tuple[float, int]:  # fmt: skip
    """Scales and what follows them: "two hundred and five", "3 million", "2 k"."""
    while stop < len(tokens):
        word = tokens[stop].lower
        scale = _SCALES.get(word)
        if scale is None or (word in _GLUED_SCALES and not _glued(tokens, stop)):
            break
        value, stop = value * scale, stop + 1
        rest = stop + 1 if _lower(tokens, stop) == "and" else stop
        if rest < len(tokens) and tokens[rest].kind == "word" and scale >= 100:
            small, after = _small(tokens, rest)
            if small is not None and small < scale:
                value, stop = value + small, after
    return value, stop


def _special(tokens: Sequence[Token], at: int) -> Number | None:
    """Ordinals, fractions, "twice", "a hundred", "a dozen"."""
    word = tokens[at].lower
    if tokens[at].kind != "word":
        return None
    if word in _ORDINALS:
        return Number(_ORDINALS[word], "ordinal", at, at + 1, written=False)
    if word in _REPEATS:
        stop = at + 2 if _lower(tokens, at + 1) == "as" else at + 1
        return Number(_REPEATS[word], "times", at, stop, written=False)
    if word in _FRACTIONS:
        return Number(_FRACTIONS[word], "fraction", at, at + 1, written=False)
    if word not in {"a", "an"}:
        return None
    start = at + 1
    scale = _lower(tokens, start)
    if scale in _SCALES and scale not in _GLUED_SCALES and not scale.endswith("s"):
        value, stop = _scaled(tokens, 1, start)
        return Number(value, "cardinal", at, stop, written=False)
    return None


def _lower(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].lower if at < len(tokens) else ""


def _glued(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token stands right behind the one before it."""
    return at > 0 and tokens[at].start == tokens[at - 1].end


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value
