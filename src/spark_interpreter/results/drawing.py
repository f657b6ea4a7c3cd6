"""Which chart shows a result, and which of its rows and columns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

from spark_interpreter.model import ChartHint
from spark_interpreter.model.draft import ChartKind
from spark_interpreter.results.people import label, phrase, words
from spark_interpreter.results.shape import Field, Shape

MAX_ROWS = 5_000
"""Rows a chart looks at."""

_MAX_BARS = 40
_MAX_SERIES = 8
_MAX_SLICES = 12
_MAX_GRID = (60, 40)
_MAX_FOLDED = 4
_PAIRED = {"grouped_bar", "stacked_bar", "heatmap"}


@dataclass(frozen=True)
class Drawing:
    """What is drawn. All fields have the same rows.

    Attributes:
        x: the axis of categories or time; None where `y` is spread along the axis (histogram).
        color: what tells series, segments or columns of a heat map apart.
        note: why not every row is shown; empty when all are.
        subject: what the measures are together, for the axis; "" when series differ too much.
    """

    kind: ChartKind
    x: Field | None
    y: Field
    color: Field | None = None
    note: str = ""
    subject: str = ""


def choose(shape: Shape, hint: ChartHint | None = None) -> Drawing | None:
    """The chart for these rows, or None when none would say more than the table."""
    requested = hint is not None and hint.requested
    if hint is not None and hint.kind == "none":
        return None
    if shape.rows < (1 if requested else 2) or not shape.measures:
        return None
    if hint is not None and (draw := _DISTRIBUTIONS.get(_distribution(shape, hint))):
        return draw(shape, hint) or _by_dimension(shape, hint)
    if hint is None and (listing(shape) or shape.row_count > MAX_ROWS):
        return None
    if shape.dimensions:
        return _by_dimension(shape, hint)
    return _scatter(shape, hint)


def _distribution(shape: Shape, hint: ChartHint) -> ChartKind:
    """The hinted kind; bars over the lower edges of ranges ("price_from") are a histogram."""
    edges = named(shape.measures, hint.x)
    return "histogram" if edges and "from" in words(edges.name) else hint.kind


def listing(shape: Shape) -> bool:
    """Raw rows rather than figures: drawing some of their columns would be arbitrary."""
    wide = len(shape.fields) > _MAX_FOLDED + 1
    identified = bool(shape.with_role("id")) and len(shape.fields) > 3
    return wide or identified or bool(shape.with_role("other"))


# --- one or two dimensions ------------------------------------------------------------------


def _by_dimension(shape: Shape, hint: ChartHint | None) -> Drawing | None:
    x, color = axes(shape, hint)
    if x is None:
        return None
    measures = _measures(shape, hint, color)
    drawing = Drawing("bar", x, measures[0], color, subject=label(measures[0].name))
    if len(measures) > 1:
        drawing = _folded(x, measures)
    return _limited(replace(drawing, kind=_kind(drawing, hint)), shape)


def axes(shape: Shape, hint: ChartHint | None) -> tuple[Field | None, Field | None]:
    """The main axis and, where its values repeat, what tells the repetitions apart."""
    dimensions = shape.dimensions
    x = named(dimensions, hint.x if hint else None) or _main_axis(shape)
    if x is None or x.unique:
        return x, None
    others = [f for f in dimensions if f is not x]
    wished = named(others, hint.color if hint else None)
    for color in [wished] if wished else sorted(others, key=lambda f: f.distinct):
        if _distinct_pairs(x, color):
            swap = x.role == "category" == color.role and not hint and color.distinct > x.distinct
            return (color, x) if swap else (x, color)
    return None, None


def _main_axis(shape: Shape) -> Field | None:
    categories = shape.with_role("category")
    in_time = [*shape.with_role("time"), *shape.with_role("period")]
    telling = in_time or [f for f in categories if f.unique]
    return next(iter([*telling, *categories, *shape.with_role("id")]), None)


def _distinct_pairs(x: Field, color: Field) -> bool:
    return len(set(zip(x.labels, color.labels, strict=True))) == len(x.values)


def named(fields: Sequence[Field], name: str | None) -> Field | None:
    return next((f for f in fields if name and f.name.lower() == name.lower()), None)


def _measures(shape: Shape, hint: ChartHint | None, color: Field | None) -> list[Field]:
    """The measures to draw together: the hinted ones, or those of one scale."""
    wished = hinted_measures(shape, hint)
    pivoted = hint is not None and hint.kind in _PAIRED and len(wished) > 1
    if color is None and pivoted and len(wished) <= _MAX_GRID[1]:
        return wished
    candidates = wished or shape.measures
    together = color is None and len(candidates) <= _MAX_FOLDED and _comparable(candidates)
    return candidates if together else (wished or [main_measure(shape)])[:1]


def hinted_measures(shape: Shape, hint: ChartHint | None) -> list[Field]:
    """The measures the generator named, as far as the result has them."""
    return [f for name in (hint.y if hint else ()) if (f := named(shape.measures, name))]


def main_measure(shape: Shape) -> Field:
    """The measure the rows are sorted by, else the first; there must be one."""
    if shape.ordered:
        for backwards in (True, False):
            for field in shape.measures:
                if field.known == sorted(field.known, reverse=backwards):
                    return field
    return shape.measures[0]


def _comparable(measures: Sequence[Field]) -> bool:
    """Whether one axis serves all: same kind of number, and none dwarfs another."""
    sizes = [max((abs(n) for n in f.known), default=0.0) for f in measures]
    if not all(sizes) or len({f.fraction for f in measures}) > 1:
        return False
    return max(sizes) / min(sizes) <= 10


def _folded(x: Field, measures: Sequence[Field]) -> Drawing:
    """Several measures as series of one."""
    rows = len(x.values)
    axis = replace(x, values=tuple(v for v in x.values for _ in measures))
    names = Field("series", "string", "category", tuple(label(f.name) for f in measures) * rows)
    values = tuple(v for row in zip(*(f.values for f in measures), strict=True) for v in row)
    fraction_kept = "share" if measures[0].fraction else "value"
    return Drawing(
        "grouped_bar", axis, Field(fraction_kept, measures[0].type, "measure", values), names
    )


def _kind(drawing: Drawing, hint: ChartHint | None) -> ChartKind:
    if hint is not None and hint.requested and _feasible(drawing, hint.kind):
        return hint.kind
    x, color = drawing.x, drawing.color
    if x is not None and min(x.distinct, len(drawing.y.known)) > 2 and _along_line(x, hint):
        area = hint is not None and hint.kind == "area" and color is not None
        return "area" if area and _stackable(drawing) else "line"
    if color is None:
        return "bar"
    return _two_dimensional(drawing, hint)


def _along_line(x: Field, hint: ChartHint | None) -> bool:
    """Whether the values of x follow one another, so that a line may join them."""
    few = x.distinct <= _MAX_SLICES and (hint is None or hint.kind != "line")
    return x.role == "time" or (x.role == "period" and not few)


def _two_dimensional(drawing: Drawing, hint: ChartHint | None) -> ChartKind:
    x, color = drawing.x, drawing.color
    assert x is not None
    assert color is not None
    if color.distinct > _MAX_SERIES or (hint is not None and hint.kind == "heatmap"):
        return "heatmap"
    few = color.distinct <= 4 and x.distinct * color.distinct <= 32
    wished = hint.kind if hint is not None else None
    if _stackable(drawing) and (wished == "stacked_bar" or not few) and wished != "grouped_bar":
        return "stacked_bar"
    return "grouped_bar"


def _stackable(drawing: Drawing) -> bool:
    return drawing.y.additive and all(n >= 0 for n in drawing.y.known)


def _feasible(drawing: Drawing, kind: ChartKind) -> bool:
    if kind == "pie":
        small = drawing.x is not None and drawing.x.distinct <= _MAX_SLICES
        return small and drawing.color is None and all(n >= 0 for n in drawing.y.known)
    if kind in _PAIRED:
        return drawing.color is not None
    if kind == "bar":
        return drawing.color is None
    if kind == "area":
        return drawing.color is None or _stackable(drawing)
    return kind == "line"


# --- distributions and pairs of numbers -----------------------------------------------------


def _scatter(shape: Shape, hint: ChartHint | None) -> Drawing | None:
    measures = shape.measures
    x = named(measures, hint.x if hint else None) or measures[0]
    wished = hint.y[0] if hint and hint.y else None
    y = named(measures, wished) or next((f for f in measures if f is not x), None)
    if y is None or y is x or shape.rows < 3 or (hint is None and len(measures) > 2):
        return None
    color = named(shape.dimensions, hint.color if hint else None)
    if color is not None and color.distinct > _MAX_SLICES:
        color = None
    note = _first(shape.rows, shape.row_count) if shape.partial else ""
    return Drawing("scatter", x, y, color, note, label(y.name))


def _histogram(shape: Shape, hint: ChartHint | None) -> Drawing | None:
    edges = named(shape.measures, hint.x if hint else None)
    counts = named(shape.measures, hint.y[0] if hint and hint.y else None)
    if edges is not None and counts is None and len(shape.measures) == 2:
        counts = next(f for f in shape.measures if f is not edges)
    if edges is not None and counts is not None and edges is not counts and edges.unique:
        return Drawing("histogram", edges, counts, subject=label(counts.name))
    values = edges or counts or shape.measures[0]
    if shape.dimensions and values.unique:
        return None
    note = _first(shape.rows, shape.row_count) if shape.partial else ""
    return Drawing("histogram", None, values, note=note, subject="Rows")


def _box(shape: Shape, hint: ChartHint | None) -> Drawing | None:
    x = named(shape.dimensions, hint.x if hint else None) or next(iter(shape.dimensions), None)
    y = named(shape.measures, hint.y[0] if hint and hint.y else None) or shape.measures[0]
    if x is None or x.unique or x.distinct > _MAX_BARS:
        return None
    note = _first(shape.rows, shape.row_count) if shape.partial else ""
    return Drawing("box", x, y, note=note, subject=label(y.name))


_DISTRIBUTIONS = {"scatter": _scatter, "histogram": _histogram, "box": _box}


# --- limits ---------------------------------------------------------------------------------


def _limited(drawing: Drawing, shape: Shape) -> Drawing | None:
    """The drawing with no more marks than can be read; its note says what is left out."""
    note = _first(shape.rows, shape.row_count) if shape.partial else ""
    drawing = replace(drawing, note=note)
    if drawing.kind in {"line", "area"}:
        return _without_missing_x(_largest_series(drawing))
    if drawing.kind == "heatmap":
        assert drawing.x is not None
        assert drawing.color is not None
        fits = drawing.x.distinct <= _MAX_GRID[0] and drawing.color.distinct <= _MAX_GRID[1]
        return drawing if fits else None
    return _fewer_bars(drawing, shape)


def _fewer_bars(drawing: Drawing, shape: Shape) -> Drawing:
    x = drawing.x
    assert x is not None
    if x.distinct <= _MAX_BARS:
        return drawing
    if shape.ordered or shape.partial or drawing.color is not None:
        first = set(list(dict.fromkeys(x.labels))[:_MAX_BARS])
        note = f"The first {_MAX_BARS} of {x.distinct:,} values of {phrase(x.name)}"
        return _only(drawing, [name in first for name in x.labels], note)
    sizes = [-math.inf if n is None else n for n in drawing.y.numbers]
    largest = set(sorted(range(len(sizes)), key=lambda i: -sizes[i])[:_MAX_BARS])
    note = f"The {_MAX_BARS} largest of {shape.row_count:,} rows"
    return _only(drawing, [i in largest for i in range(len(sizes))], note)


def _largest_series(drawing: Drawing) -> Drawing:
    color = drawing.color
    if color is None or color.distinct <= _MAX_SERIES:
        return drawing
    totals: dict[str, float] = {}
    for name, n in zip(color.labels, drawing.y.numbers, strict=True):
        totals[name] = totals.get(name, 0.0) + abs(n or 0.0)
    kept = set(sorted(totals, key=lambda name: -totals[name])[:_MAX_SERIES])
    note = f"The {_MAX_SERIES} largest of {color.distinct:,} values of {phrase(color.name)}"
    return _only(drawing, [name in kept for name in color.labels], note)


def _without_missing_x(drawing: Drawing) -> Drawing:
    x = drawing.x
    assert x is not None
    missing = sum(v is None for v in x.values)
    if not missing:
        return drawing
    count = f"{missing:,} rows" if missing > 1 else "1 row"
    note = f"Without {count} that {'have' if missing > 1 else 'has'} no {phrase(x.name)}"
    return _only(drawing, [v is not None for v in x.values], note)


def _only(drawing: Drawing, keep: Sequence[bool], note: str) -> Drawing:
    def kept(field: Field) -> Field:
        return replace(field, values=tuple(compress(field.values, keep)))

    return replace(
        drawing,
        x=kept(drawing.x) if drawing.x else None,
        y=kept(drawing.y),
        color=kept(drawing.color) if drawing.color else None,
        note=f"{drawing.note}; {note[0].lower()}{note[1:]}" if drawing.note else note,
    )


def _first(shown: int, total: int) -> str:
    return f"The first {shown:,} of {total:,} rows"
