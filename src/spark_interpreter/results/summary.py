"""A few sentences about a result. Every figure in them is a value of its rows or computed from
them; nothing is said about causes.
"""

from collections.abc import Mapping, Sequence

from spark_interpreter.model import ChartHint
from spark_interpreter.results.drawing import axes, hinted_measures, main_measure
from spark_interpreter.results.people import number, phrase, unit
from spark_interpreter.results.shape import Field, Shape

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
    return " ".join([count, *_figures(shape, hint)])


def main_measures(shape: Shape, hint: ChartHint | None) -> list[Field]:
    """The measures a summary speaks of."""
    if not shape.measures:
        return []
    return hinted_measures(shape, hint) or [main_measure(shape)]


def _single_row(shape: Shape) -> str:
    fields = [f for f in shape.fields if f.role != "other"]
    if not fields:
        return "1 row."
    parts = [f"{phrase(f.name)} is {said(f, f.values[0])}" for f in fields[:_MAX_FIGURES]]
    return _sentence(_join(parts))


def _figures(shape: Shape, hint: ChartHint | None) -> list[str]:
    measures = [f for f in main_measures(shape, hint) if f.known]
    if not measures:
        return []
    measure = measures[0]
    axis, second = axes(shape, hint)
    if axis is None:
        return [_range(shape, f.name, (min(f.known), max(f.known))) for f in measures[:2]]
    if axis.role == "time" and second is None:
        return _along_time(axis, measure)
    return _across(axis, second, measure)


def _range(shape: Shape, name: str, ends: Range) -> str:
    field = shape.field(name)
    assert field is not None
    low, high = ends
    if low == high:
        return _sentence(f"{phrase(name)} is {said(field, low)} in every row")
    return _sentence(f"{phrase(name)} ranges from {said(field, low)} to {said(field, high)}")


def _along_time(axis: Field, measure: Field) -> list[str]:
    points = sorted(
        (at, n, when)
        for at, n, when in zip(axis.values, measure.numbers, axis.labels, strict=True)
        if at is not None and n is not None
    )
    if len(points) < 2:
        return []
    (_, first, begin), (_, last, end) = points[0], points[-1]
    at = _PREPOSITIONS.get(axis.grain, "at")
    change = f" ({_change(first, last)})" if first > 0 and not measure.fraction else ""
    course = (
        f"{phrase(measure.name)} is {said(measure, first)} {at} {begin} and "
        f"{said(measure, last)} {at} {end}{change}"
    )
    return [_sentence(course), *_extremes([f"{at} {when}" for *_, when in points],
                                          [n for _, n, _ in points], measure)]  # fmt: skip


def _change(first: float, last: float) -> str:
    return f"{(last - first) / first:+.1%}"


def _across(axis: Field, second: Field | None, measure: Field) -> list[str]:
    names = axis.labels
    if second is not None:
        names = [f"{a}, {b}" for a, b in zip(names, second.labels, strict=True)]
    known = [(f"for {_cut(name)}", n) for name, n in zip(names, measure.numbers, strict=True)
             if n is not None]  # fmt: skip
    sentences = _extremes([name for name, _ in known], [n for _, n in known], measure)
    if measure.additive and len(known) > 1:
        total = sum(measure.known)
        sentences.append(f"The {len(known):,} rows add up to {said(measure, total)}.")
    return sentences


def _extremes(where: Sequence[str], values: Sequence[float], measure: Field) -> list[str]:
    high, low = max(values), min(values)
    what = phrase(measure.name)
    if high == low:
        every = "every row" if len(values) == len(measure.values) else "every row that has one"
        return [_sentence(f"{what} is {said(measure, high)} in {every}")]
    top = _places(where, values, high, measure)
    bottom = _places(where, values, low, measure)
    return [_sentence(f"{what} is highest {top} and lowest {bottom}")]


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
        return number(str(value), unit(field.name))
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
