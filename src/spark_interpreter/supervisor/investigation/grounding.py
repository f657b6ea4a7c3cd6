"""Which turn computed a number of a report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from spark_interpreter.model import Turn
from spark_interpreter.model.report import ReportNumber

_NUMBER = re.compile(
    r"(?<![\w.])[-−+]?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>\s?%|[kKmM](?!\w))?(?![\w]|\.\d)"
)
_REFERENCE = re.compile(r"\[(\d+(?:\s*,\s*\d+)*)\]")
_SCALES = {"k": Decimal(1000), "m": Decimal(1_000_000)}


def numbers_of(text: str, question: str, turns: Sequence[Turn]) -> tuple[ReportNumber, ...]:
    """Every number of the text with the turn that computed it.

    A number belongs to the turn that is named behind it if that has it, else to the first turn
    that has it. Numbers of the person's own question need no turn and are left out, as are the
    numbers of list items and the references themselves.
    """
    asked = set(_numbers_in(question))
    computed = {turn.number: _computed(turn) for turn in turns}
    found = []
    for line in text.splitlines():
        line = re.sub(r"^\s*(?:#+\s*)?\d+[.)]\s", "", line)  # noqa: PLW2901  an item's number
        bare = _REFERENCE.sub(lambda m: " " * len(m[0]), line)
        for match in _NUMBER.finditer(bare):
            value = _value(match)
            if value in asked:
                continue
            turn = _turn_of(match, value, _named_behind(line, match.end()), computed)
            found.append(ReportNumber(text=match[0].strip(), turn=turn))
    return tuple(found)


def _turn_of(
    match: re.Match[str],
    value: Decimal,
    named: Sequence[int],
    computed: Mapping[int, frozenset[Decimal]],
) -> int | None:
    order = [n for n in named if n in computed] + [n for n in computed if n not in named]
    for number in order:
        if any(_same(match, value, cell) for cell in computed[number]):
            return number
    return None


def _same(match: re.Match[str], value: Decimal, cell: Decimal) -> bool:
    """Whether the text is the cell, as exact as it is written; signs may be said in words."""
    unit = (match["unit"] or "").strip().lower()
    candidates = [cell / _SCALES[unit]] if unit in _SCALES else [cell]
    if unit == "%":
        candidates.append(cell * 100)
    step = Decimal(1).scaleb(-len(match["digits"].partition(".")[2]))
    return any(abs(abs(c) - value) <= step / 2 for c in candidates)


def _named_behind(line: str, end: int) -> tuple[int, ...]:
    """The turns named in the first reference behind a number."""
    match = _REFERENCE.search(line, end)
    return tuple(int(part) for part in match[1].split(",")) if match else ()


def _computed(turn: Turn) -> frozenset[Decimal]:
    """The numbers of a turn's result: its cells, and the count of its rows."""
    if turn.result is None:
        return frozenset()
    cells = (cell for row in turn.result.rows for cell in row)
    values = {number for cell in cells for number in _numbers_of_cell(cell)}
    return frozenset(values | {Decimal(turn.result.manifest.row_count)})


def _numbers_of_cell(cell: Any) -> Iterator[Decimal]:
    match cell:
        case bool() | None:
            return
        case int() | float():
            yield Decimal(str(cell))
        case str():
            yield from _numbers_in(cell)
        case list() | tuple():
            for each in cell:
                yield from _numbers_of_cell(each)
        case dict():
            for each in cell.values():
                yield from _numbers_of_cell(each)


def _numbers_in(text: str) -> Iterator[Decimal]:
    """Decimals, and the parts of dates."""
    try:
        yield abs(Decimal(text))
    except InvalidOperation:
        for part in re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")):
            yield Decimal(part)


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["digits"].replace(",", ""))
