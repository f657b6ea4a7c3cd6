"""A few sentences about a result. Every figure in them is a value of its rows or computed from
them; nothing is said about causes.
"""

from collections.abc import Mapping, Sequence

from spark_interpreter.model import ChartHint
from spark_interpreter.results.drawing import axes, hinted_measures, listing, main_measure
from spark_interpreter.results.people import number, phrase, unit, words
from spark_interpreter.results.shape import Field, Shape

_MAX_SENTENCES = 3
_MAX_NAMED = 3
_MAX_FIGURES = 6
_MAX_TEXT = 60
_PREPOSITIONS = {"year": "in", "quarter": "in", "month": "in", "day": "on"}

Range = tuple[float, float]


def summarize(
    shape: Shape, hint: ChartHint | None = None, ranges: Mapping[str, Range] | None = None
) -> str:
    """One to three sentences about a result.

    Args:
        shape: its rows, or the first of them.
        hint: which columns the question was about.
        ranges: smallest and largest value of measures over all rows, needed when `shape` is
            partial.
    """
    if shape.row_count == 0:
        return "No rows match."
    if shape.row_count == 1:
        return _single_row(shape)
    count = f"{shape.row_count:,} rows."
    if shape.partial:
        return " ".join([count, *(_range(shape, name, r) for name, r in (ranges or {}).items())])
    figures = _figures(shape, hint)
    return " ".join(figures if len(figures) >= _MAX_SENTENCES else [count, *figures])


def main_measures(shape: Shape, hint: ChartHint | None) -> list[Field]:
    """The measures a summary speaks of: the hinted ones, else the main one; none of raw rows."""
    if not shape.measures or (listing(shape) and not (hint and hint.y)):
        return []
    return hinted_measures(shape, hint) or [main_measure(shape)]


def _single_row(shape: Shape) -> str:
    fields = [f for f in shape.fields if f.role != "other"]
    if not fields:
        return "1 row."
    parts = [f"{_subject(f)} {said(f, f.values[0])}" for f in fields[:_MAX_FIGURES]]
    return _sentence(_join(parts))


def _figures(shape: Shape, hint: ChartHint | None) -> list[str]:
    measures = [f for f in main_measures(shape, hint) if f.known]
    if not measures:
        return []
    measure = measures[0]
    axis, second = axes(shape, hint)
    if axis is None:
        ranged = measures if hint is not None and hint.y else [f for f in shape.measures if f.known]
        return [_range(shape, f.name, (min(f.known), max(f.known))) for f in ranged[:2]]
    if second is None and (axis.role == "time" or _calendar(axis)):
        sentences = _along_time(axis, measure)
    else:
        sentences = _across(axis, second, measure)
    overlapping = hint is not None and hint.overlapping
    return sentences if overlapping or not sentences else [*sentences, *_total(measure)]


def _calendar(axis: Field) -> bool:
    """Years, or labels such as "2024-03": points in time whose order is known."""
    return axis.role == "period" and ("year" in words(axis.name) or axis.type == "string")


def _range(shape: Shape, name: str, ends: Range) -> str:
    field = shape.field(name)
    assert field is not None
    low, high = ends
    if low == high:
        return _sentence(f"{_subject(field)} {said(field, low)} in every row")
    return _sentence(f"{_subject(field)} between {said(field, low)} and {said(field, high)}")


def _subject(field: Field) -> str:
    """The measure and its verb ("revenue is", "orders are")."""
    what = phrase(field.name)
    plural = what.endswith("s") and not what.endswith(("ss", "us", "is"))
    plural = plural and field.role == "measure"
    return f"{what} {'are' if plural else 'is'}"


def _along_time(axis: Field, measure: Field) -> list[str]:
    points = sorted(
        (at, n, place)
        for at, n, place in zip(axis.values, measure.numbers, _where(axis), strict=True)
        if at is not None and n is not None
    )
    if len(points) < 2:
        return []
    (_, first, begin), (_, last, end) = points[0], points[-1]
    relative = measure.fraction or unit(measure.name) == "%"
    change = f" ({_change(first, last)})" if first > 0 and not relative else ""
    course = (
        f"{_subject(measure)} {said(measure, first)} {begin} and "
        f"{said(measure, last)} {end}{change}"
    )
    places, values = [place for *_, place in points], [n for _, n, _ in points]
    return [_sentence(course), *_extremes(places, values, measure)]


def _change(first: float, last: float) -> str:
    return f"{(last - first) / first:+,.1%}"


def _across(axis: Field, second: Field | None, measure: Field) -> list[str]:
    places = _where(axis)
    if second is not None:
        places = [f"{a}, {b}" for a, b in zip(places, _bare(second), strict=True)]
    known = [(p, n) for p, n in zip(places, measure.numbers, strict=True) if n is not None]
    return _extremes([p for p, _ in known], [n for _, n in known], measure)


def _where(axis: Field) -> list[str]:
    """Each row's place in a sentence ("for North", "in Mar 2024", "where region is missing")."""
    what = phrase(axis.name)
    before = "for"
    if axis.role == "time":
        before = _PREPOSITIONS.get(axis.grain, "at")
    elif _calendar(axis):
        before = "in"
    return [
        f"where {what} is missing" if value is None else f"{before} {bare}"
        for value, bare in zip(axis.values, _bare(axis), strict=True)
    ]


def _bare(axis: Field) -> list[str]:
    """The labels; bare numbers with the column's name ("weekday 5")."""
    numbered = axis.role in {"period", "id"} and "year" not in words(axis.name)
    prefix = f"{phrase(axis.name)} " if numbered and isinstance(axis.values[0], int) else ""
    return [f"{prefix}{_cut(text)}" for text in axis.labels]


def _total(measure: Field) -> list[str]:
    if not measure.additive or len(measure.known) < 2:
        return []
    return [f"The {len(measure.known):,} rows add up to {said(measure, sum(measure.known))}."]


def _extremes(where: Sequence[str], values: Sequence[float], measure: Field) -> list[str]:
    high, low = max(values), min(values)
    if high == low:
        every = "every row" if len(values) == len(measure.values) else "every row that has one"
        return [_sentence(f"{_subject(measure)} {said(measure, high)} in {every}")]
    top = _places(where, values, high, measure)
    bottom = _places(where, values, low, measure)
    return [_sentence(f"{_subject(measure)} highest {top} and lowest {bottom}")]


def _places(where: Sequence[str], values: Sequence[float], extreme: float, measure: Field) -> str:
    places = [place for place, value in zip(where, values, strict=True) if value == extreme]
    if len(places) > _MAX_NAMED:
        return f"in {len(places):,} rows ({said(measure, extreme)} each)"
    each = " each" if len(places) > 1 else ""
    return f"{_join(places)} ({said(measure, extreme)}{each})"


def said(field: Field, value: object) -> str:
    """A value of the field as people say it, with its unit."""
    if value is None:
        return "missing"
    if field.role == "measure":
        if field.fraction:
            return f"{number(round(float(str(value)) * 100, 1))}%"
        return number(str(value), unit(field.name), places=field.places)
    if field.role == "time":
        return field.labels[field.values.index(value)]
    return _cut(str(value).lower() if isinstance(value, bool) else str(value) or "empty")


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"


def _join(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
