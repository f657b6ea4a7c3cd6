"""From the cells of a text column to its type, and to the work that makes them values.

Numbers with fractions become double: sums are right to 15 digits, and both engines agree on
quotients, medians and correlations, where their decimal types do not. Whole numbers that fit no
bigint and numbers with leading zeros are codes, and stay text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.model import ColumnRead
from spark_interpreter.sources.files import shapes

Values = Mapping[str, int]
"""Distinct cells with how often each occurs."""

MAX_MISFITS = 20
"""More distinct cells than this that do not fit make a column text."""
_INT_ROOM = 32_768
"""Below this, a product of two columns still fits an int; ANSI Spark raises when it does not."""
_BIGINT_LIMIT = 2**63
_CODE_NAME = re.compile(
    r"(?:^|[_\W])(zip|zip_?code|postal|postal_?code|post_?code|postcode|plz|phone|telephone|tel|"
    r"mobile|fax|fips|iban|isbn|ean|gtin|ssn|siren|siret)(?:$|[_\W]|no|number|code)",
    re.IGNORECASE,
)
_DATE_NAME = re.compile(r"date|day|datum|fecha|dato|(?:^|_)(?:dt|on|at)(?:$|_)", re.IGNORECASE)
_DAY = re.compile(r"(19|20)\d{6}")


class Hints(NamedTuple):
    """What the other columns of the table say; None if they do not."""

    decimal_comma: bool | None = None
    day_first: bool | None = None


@dataclass(frozen=True)
class Inferred:
    """A column's type and how its cells become values.

    Attributes:
        read: None when the engine reads the cells as they are.
        tokens: cells that mean "missing".
        misfits: cells that could not be read; they become missing too.
        trimmed: cells with spaces around them.
        ambiguous: what else the cells could mean ("month first"), when nothing decides.
        decides: what this column's cells say about the table.
        signed: cells with currency, grouping or percent signs that are taken out.
    """

    type: str
    read: ColumnRead | None = None
    tokens: Values = field(default_factory=dict)
    misfits: Values = field(default_factory=dict)
    trimmed: int = 0
    ambiguous: str | None = None
    decides: Hints = field(default_factory=Hints)
    note: str | None = None
    signed: int = 0


class _Reading(NamedTuple):
    """A way to read a column: the type, the work, and the cells it does not explain."""

    type: str
    read: ColumnRead | None
    misfits: list[str]
    ambiguous: str | None = None
    decides: Hints = Hints()
    note: str | None = None


def infer(cells: Values, *, header: str, hints: Hints = Hints()) -> Inferred:  # noqa: B008
    """Decide what a column of text cells holds.

    Args:
        cells: all cells of the sample but the empty ones, as they stand in the file.
        hints: used where the cells alone leave a choice.
    """
    trimmed = sum(n for v, n in cells.items() if v != v.strip(" "))
    values: Counter[str] = Counter()
    for cell, count in cells.items():
        values[cell.strip(" ")] += count
    blank = values.pop("", 0)
    tokens = {v: n for v, n in values.items() if v.lower() in shapes.NULL_TOKENS}
    rest = {v: n for v, n in values.items() if v not in tokens}
    reading = _read_values(rest, header, hints) if rest else None
    if reading is None or reading.type == "string":
        note = reading.note if reading else None
        return replace(_as_text(values, trimmed, blank), note=note)
    misfits = {v: rest[v] for v in reading.misfits}
    nulls = (*sorted(tokens), *sorted(misfits), *([""] if blank else []))
    read = reading.read
    if nulls or trimmed:
        read = (read or ColumnRead()).model_copy(
            update={"null_tokens": nulls, "trim": bool(trimmed)}
        )
    signs = read.remove if read else ()
    signed = sum(n for v, n in rest.items() if any(sign in v for sign in signs))
    return Inferred(
        reading.type, read, tokens, misfits, trimmed, reading.ambiguous, reading.decides,
        reading.note, signed,
    )  # fmt: skip


def plainly_typed(cells: Any, header: str) -> Inferred | None:
    """The type of a column whose cells are all plain numbers or ISO dates; None for any other.

    Args:
        cells: a pyarrow array of text.
    """
    if _CODE_NAME.search(header) or _DATE_NAME.search(header) or cells.null_count == len(cells):
        return _plain_days(cells)
    if _all_match(cells, r"^-?(0|[1-9][0-9]{0,17})$"):
        limits = pc.min_max(pc.cast(cells, pa.int64()))
        small = max(-limits["min"].as_py(), limits["max"].as_py()) < _INT_ROOM
        return Inferred("int" if small else "bigint")
    if _all_match(cells, r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?$"):
        return Inferred("double")
    return _plain_days(cells)


def _plain_days(cells: Any) -> Inferred | None:
    if cells.null_count == len(cells) or not _all_match(cells, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"):
        return None
    try:
        pc.cast(cells, pa.date32())
    except pa.ArrowInvalid:
        return None
    return Inferred("date")


def _all_match(cells: Any, pattern: str) -> bool:
    first = cells[0].as_py()
    if first is not None and not re.search(pattern, first):
        return False
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _as_text(values: Values, trimmed: int, blank: int) -> Inferred:
    tokens = {v: n for v, n in values.items() if v.lower() in shapes.TEXT_NULL_TOKENS}
    if not tokens and not trimmed:
        return Inferred("string")
    nulls = (*sorted(tokens), *([""] if blank else []))
    return Inferred(
        "string", ColumnRead(trim=bool(trimmed), null_tokens=nulls), tokens, {}, trimmed
    )


def _read_values(values: Values, header: str, hints: Hints) -> _Reading | None:
    """The first reading that explains every cell, else the one that explains nearly all."""
    partial: _Reading | None = None
    for attempt in (_boolean, _integer, _float, _decorated, _iso, _other_date):
        reading = attempt(values, header, hints)
        if reading is None:
            continue
        if not reading.misfits:
            return reading
        if partial is None and _forgivable(reading, values):
            partial = reading
    return partial


def _forgivable(reading: _Reading, values: Values) -> bool:
    """Whether the misfits look like slips in a column of this type, not like codes."""
    total = sum(values.values())
    bad = sum(values[v] for v in reading.misfits)
    if reading.type == "string" or len(reading.misfits) > MAX_MISFITS or total < 10:
        return False
    with_digits = [v for v in reading.misfits if any(c.isdigit() for c in v)]
    if reading.type in {"date", "timestamp"}:
        return bad * 20 <= total
    codes = [v for v in with_digits if any(c.isalpha() for c in v)]
    return not codes and bad * 20 <= total and len(with_digits) <= 3


def _misfits(values: Iterable[str], fits: Callable[[str], object]) -> list[str] | None:
    """The values that do not fit; None when they are too many to forgive."""
    found: list[str] = []
    for value in values:
        if not fits(value):
            found.append(value)
            if len(found) > MAX_MISFITS:
                return None
    return found


def _boolean(values: Values, header: str, hints: Hints) -> _Reading | None:  # noqa: ARG001
    words = {v.lower() for v in values}
    for yes, no in shapes.BOOLEAN_PAIRS:
        if words == yes | no or (words <= yes | no and "true" in yes):
            if "true" in yes:
                return _Reading("boolean", None, [])
            read = ColumnRead(
                true_words=tuple(sorted(v for v in values if v.lower() in yes)),
                false_words=tuple(sorted(v for v in values if v.lower() in no)),
            )
            return _Reading("boolean", read, [])
    return None


def _integer(values: Values, header: str, hints: Hints) -> _Reading | None:  # noqa: ARG001
    misfits = _misfits(values, shapes.INTEGER.fullmatch)
    if misfits is None:
        return None
    bad = set(misfits)
    numbers = [v for v in values if v not in bad]
    if not numbers:
        return None
    if _CODE_NAME.search(header) or any(shapes.PADDED.fullmatch(v) for v in numbers):
        return _Reading("string", None, misfits)
    if _DATE_NAME.search(header) and all(_is_packed_day(v) for v in numbers):
        return _Reading("date", ColumnRead(pattern="yyyyMMdd"), misfits)
    if max(map(len, numbers)) > 18 and any(abs(int(v)) >= _BIGINT_LIMIT for v in numbers):
        return _Reading("string", None, misfits)
    small = max(map(len, numbers)) <= 6 and all(abs(int(v)) < _INT_ROOM for v in numbers)
    return _Reading("int" if small else "bigint", None, misfits)


def _is_packed_day(text: str) -> bool:
    return bool(_DAY.fullmatch(text)) and shapes.valid_iso_date(
        f"{text[:4]}-{text[4:6]}-{text[6:]}"
    )


def _float(values: Values, header: str, hints: Hints) -> _Reading | None:
    misfits = _misfits(values, shapes.FLOAT.fullmatch)
    if misfits is None:
        return None
    bad = set(misfits)
    numbers = [v for v in values if v not in bad]
    if not any("." in v or "e" in v.lower() for v in numbers):
        return None
    if _CODE_NAME.search(header) or any(shapes.PADDED.match(v) for v in numbers):
        return _Reading("string", None, misfits)
    if hints.decimal_comma and all(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", v) for v in numbers):
        return _Reading(
            "double", ColumnRead(remove=(".",), decimal_mark=","), misfits,
            ambiguous="the dot as a decimal point",
        )  # fmt: skip
    return _Reading("double", None, misfits)


def _decorated(values: Values, header: str, hints: Hints) -> _Reading | None:
    """Numbers with grouping, currency or percent signs, in the style that explains most."""
    if _CODE_NAME.search(header):
        return None
    readings = []
    for style in shapes.NUMBER_STYLES:
        misfits = _misfits(values, style.match)
        if misfits is not None and len(misfits) < len(values):
            readings.append((len(misfits), style, misfits))
    if not readings:
        return None
    fewest = min(count for count, _, _ in readings)
    best = [(style, misfits) for count, style, misfits in readings if count == fewest]
    # Only "1,234" and the like fit both ways; the rest of the table may tell.
    marks = {style.mark for style, _ in best}
    comma = hints.decimal_comma
    undecided = len(marks) > 1 and any("," in v or "." in v for v in values)
    if undecided and comma is not None:
        best = [item for item in best if (item[0].mark == ",") == comma] or best
    style, misfits = best[0]
    return _number_reading(values, style, misfits, undecided=undecided and comma is None)


def _number_reading(
    values: Values, style: shapes.NumberStyle, misfits: list[str], *, undecided: bool
) -> _Reading | None:
    bad = set(misfits)
    removed: set[str] = set()
    currencies: set[str] = set()
    percents = 0
    numbers = [v for v in values if v not in bad]
    for value in numbers:
        found = style.match(value)
        assert found is not None
        around = found["before"].strip("+-") + found["after"]
        percents += "%" in around
        currency = around.replace("%", "").strip(" \u00a0")
        currencies |= {currency} if currency else set()
        body = value[found.end("before") : found.start("after")]
        removed |= {c for c in around + body if c in " \u00a0\u202f"}
        if style.group and style.group != " " and style.group in body:
            removed.add(style.group)
    if 0 < percents < len(numbers):
        return None
    if len(currencies) > 1:
        listed = ", ".join(sorted(currencies))
        return _Reading("string", None, [], note=f"mixes currencies ({listed})")
    comma = style.mark == "," and any("," in v for v in numbers)
    return _Reading(
        "double",
        ColumnRead(
            remove=(*sorted(currencies), *sorted(removed), *(["%"] if percents else [])),
            decimal_mark="," if style.mark == "," else ".",
            percent=bool(percents),
        ),
        misfits,
        ambiguous=None if not undecided else "the comma as a decimal mark",
        decides=Hints(decimal_comma=True) if comma and not undecided else Hints(),
    )


def _iso(values: Values, header: str, hints: Hints) -> _Reading | None:  # noqa: ARG001
    misfits = _misfits(values, shapes.valid_iso_timestamp)
    if misfits is None or len(misfits) == len(values):
        return None
    bad = set(misfits)
    times = [v for v in values if v not in bad]
    if all(len(v) == 10 for v in times):
        return _Reading("date", None, misfits)
    direct = all(shapes.has_seconds(v) for v in times)
    return _Reading("timestamp", None if direct else ColumnRead(), misfits)


def _other_date(values: Values, header: str, hints: Hints) -> _Reading | None:  # noqa: ARG001
    fitting: Counter[str] = Counter()
    for place, value in enumerate(values):
        patterns = shapes.date_shape(value)
        fitting.update(patterns)
        if place == MAX_MISFITS and not fitting:
            return None
    if not fitting:
        return None
    most = max(fitting.values())
    best = [p for p, n in fitting.items() if n == most]
    ambiguous, decides = None, Hints()
    first_letter = {p[0] for p in best}
    if first_letter == {"d", "M"} and "MMM" not in best[0]:
        day_first = hints.day_first
        if day_first is None:
            day_first = "." in best[0]
            ambiguous = None if day_first else "the day first"
        best = [p for p in best if (p[0] == "d") == day_first]
    elif "MMM" not in best[0] and best[0][0] in "dM":
        decides = Hints(day_first=best[0][0] == "d")
    pattern = best[0]
    misfits = _misfits(values, lambda v: pattern in shapes.date_shape(v))
    if misfits is None:
        return None
    kind = "timestamp" if "mm" in pattern else "date"
    return _Reading(kind, ColumnRead(pattern=pattern), misfits, ambiguous, decides)
