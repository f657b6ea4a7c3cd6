"""Charts as Vega-Lite specifications with their data inside, built with Altair."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from spark_interpreter.model import Chart, ChartHint
from spark_interpreter.results.drawing import Drawing, choose
from spark_interpreter.results.people import label, phrase
from spark_interpreter.results.shape import Field, Grain, Shape

if TYPE_CHECKING:
    import altair as alt

_WIDTH, _HEIGHT, _BAR = 640, 360, 22
_BLUE = "#3566a8"
_BINS = 30

_TIME_FORMATS: dict[Grain, str] = {
    "year": "%Y",
    "quarter": "Q%q %Y",
    "month": "%b %Y",
    "day": "%d %b %Y",
    "minute": "%d %b %Y %H:%M",
    "instant": "%d %b %Y %H:%M:%S",
}
_KIND_NAMES = {
    "bar": "Bar chart", "grouped_bar": "Grouped bar chart", "stacked_bar": "Stacked bar chart",
    "line": "Line chart", "area": "Area chart", "scatter": "Scatter plot",
    "histogram": "Histogram", "box": "Box plot", "heatmap": "Heat map", "pie": "Pie chart",
}  # fmt: skip


def build_chart(shape: Shape, hint: ChartHint | None = None, *, title: str = "") -> Chart | None:
    """The chart that shows these rows, or None when the table says it as well.

    The values in the specification are those of the rows. Where it leaves some out, its subtitle
    says which are shown.
    """
    drawing = choose(shape, hint)
    if drawing is None:
        return None
    picture = _Picture(drawing)
    heading = title or picture.subject
    spec = _finish(_MARKS[drawing.kind](picture), picture, heading).to_dict()
    return Chart(kind=drawing.kind, spec=spec, description=_description(drawing))


def _finish(chart: "alt.Chart", picture: "_Picture", title: str) -> "alt.Chart":
    import altair as alt

    note = picture.drawing.note
    heading = alt.Title(title, subtitle=note, anchor="start") if note else alt.Title(
        title, anchor="start"
    )  # fmt: skip
    return (
        chart.properties(title=heading, data=alt.Data(values=picture.rows))
        .configure_view(stroke=None)
        .configure_axis(labelLimit=240, titleFontWeight="normal", gridColor="#e8e8e8")
        .configure_title(fontSize=15, subtitleColor="#666666", offset=12)
        .configure_legend(titleFontWeight="normal", labelLimit=240)
    )


def _description(drawing: Drawing) -> str:
    what = phrase(drawing.y.name) if drawing.subject else "the measures"
    by = f" by {phrase(drawing.x.name)}" if drawing.x is not None else ""
    split = f" and {phrase(drawing.color.name)}" if drawing.color is not None else ""
    if drawing.kind == "scatter" and drawing.x is not None:
        by = f" against {phrase(drawing.x.name)}"
    text = f"{_KIND_NAMES[drawing.kind]} of {what}{by}{split}."
    return f"{text} {drawing.note}." if drawing.note else text


@dataclass(frozen=True)
class _Picture:
    """A drawing's fields as chart data: names that are safe in Vega expressions, plain values."""

    drawing: Drawing

    @property
    def subject(self) -> str:
        y = label(self.drawing.y.name)
        return f"{y} by {phrase(self.drawing.x.name)}" if self.drawing.x is not None else y

    @property
    def x(self) -> Field:
        assert self.drawing.x is not None
        return self.drawing.x

    @property
    def y(self) -> Field:
        return self.drawing.y

    @property
    def color(self) -> Field | None:
        return self.drawing.color

    @cached_property
    def on_time_axis(self) -> bool:
        """Whether x is drawn as points in time, not as one label after another."""
        return self.x.role == "time" and self.drawing.kind in {"line", "area"}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Field name -> key in the data: its word characters only, so that no dot, bracket or
        quote is taken for an expression.
        """
        keys: dict[str, str] = {}
        for field in self._fields:
            base = "".join(c if c.isalnum() else "_" for c in field.name).strip("_") or "column"
            base = base if not base[0].isdigit() else f"_{base}"
            key, number = base, 2
            while key in keys.values():
                key, number = f"{base}_{number}", number + 1
            keys[field.name] = key
        return keys

    @property
    def _fields(self) -> list[Field]:
        return [f for f in (self.drawing.x, self.drawing.y, self.drawing.color) if f is not None]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        names = [self.keys[f.name] for f in self._fields]
        columns = [self._plain(f) for f in self._fields]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        if self.drawing.kind == "histogram" and self.drawing.x is not None:
            width = _bin_width(self.x)
            edge = self.keys[self.x.name]
            rows = [{**r, "bin_end": r[edge] + width} for r in rows if r[edge] is not None]
        return rows

    def _plain(self, field: Field) -> list[Any]:
        if field.role == "measure":
            return list(field.numbers)
        if field is self.drawing.x and self.on_time_axis:
            return [v if v is None or v.endswith("Z") else _utc(v) for v in field.values]
        return field.labels

    def key(self, field: Field) -> str:
        return self.keys[field.name]

    @cached_property
    def order(self) -> list[str]:
        """The axis labels as the table has them; times and their parts in their own order."""
        if self.x.role in {"time", "period"} and self.drawing.kind != "bar":
            pairs = sorted(zip(self.x.values, self.x.labels, strict=True), key=_by_value)
            return list(dict.fromkeys(text for _, text in pairs))
        return list(dict.fromkeys(self.x.labels))

    @cached_property
    def horizontal(self) -> bool:
        """Long or many labels read better from top to bottom."""
        if self.x.role in {"time", "period"}:
            return False
        return len(self.order) > 20 or sum(map(len, self.order)) > 80


def _utc(text: str) -> str:
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"


def _by_value(pair: tuple[Any, str]) -> tuple[bool, Any]:
    return (pair[0] is None, pair[0])


def _bin_width(edges: Field) -> float:
    known = sorted(set(edges.known))
    gaps = [b - a for a, b in pairwise(known)]
    return min(gaps, default=1)


def number_format(field: Field) -> str:
    """The d3 format of a measure's axis."""
    if field.fraction:
        return ".1~%" if max((abs(n) for n in field.known), default=0) > 0.1 else ".2~%"
    largest = max((abs(n) for n in field.known), default=0)
    if largest >= 1e7:
        return ".3~s"
    return ",.0f" if largest >= 100 or field.whole else ",.4~f"


# --- encodings ------------------------------------------------------------------------------


def _labels_axis(picture: _Picture, channel: "type[alt.X | alt.Y]") -> Any:
    import altair as alt

    angle = 0 if picture.horizontal or sum(map(len, picture.order)) < 80 else -40
    return channel(
        field=picture.key(picture.x),
        type="nominal",
        sort=picture.order,
        title=label(picture.x.name),
        axis=alt.Axis(labelAngle=angle, grid=False),
    )


def _time_axis(picture: _Picture) -> "alt.X":
    import altair as alt

    axis = alt.Axis(grid=False, labelOverlap=True)
    if picture.x.grain in {"year", "quarter"}:
        values = sorted({_utc(v.removesuffix("Z")) for v in picture.x.values if v is not None})
        step = -(-len(values) // 12)
        axis = alt.Axis(
            grid=False,
            labelOverlap=True,
            format=_TIME_FORMATS[picture.x.grain],
            values=[alt.DateTime(utc=True, year=int(v[:4]), month=int(v[5:7])) for v in values][
                ::step
            ],
        )
    return alt.X(
        field=picture.key(picture.x),
        type="temporal",
        scale=alt.Scale(type="utc"),
        title=label(picture.x.name),
        axis=axis,
    )


def _measure_axis(
    picture: _Picture, channel: "type[alt.X | alt.Y]", field: Field, *, zero: bool = True
) -> Any:
    import altair as alt

    named = picture.drawing.subject if field is picture.y else label(field.name)
    step = {"tickMinStep": 1} if field.whole else {}
    return channel(
        field=picture.key(field),
        type="quantitative",
        scale=alt.Scale(zero=zero),
        title=named or None,
        axis=alt.Axis(format=number_format(field), **step),
    )


def _color(picture: _Picture) -> dict[str, Any]:
    import altair as alt

    if picture.color is None:
        return {}
    series = picture.color.name == "series" and not picture.drawing.subject
    return {
        "color": alt.Color(
            field=picture.key(picture.color),
            type="nominal",
            sort=list(dict.fromkeys(picture.color.labels)),
            title=None if series else label(picture.color.name),
        )
    }


def _tooltip(picture: _Picture) -> "list[alt.Tooltip]":
    import altair as alt

    tips = []
    for field in [picture.drawing.x, picture.color, picture.y]:
        if field is None:
            continue
        key, title = picture.key(field), label(field.name)
        if field.role == "measure":
            shown = ".1%" if field.fraction else ",.2~f" if not field.whole else ",.0f"
            tips.append(alt.Tooltip(field=key, type="quantitative", title=title, format=shown))
        elif field is picture.drawing.x and picture.on_time_axis:
            tips.append(
                alt.Tooltip(
                    field=key,
                    type="temporal",
                    timeUnit="utcyearmonthdatehoursminutesseconds",
                    title=title,
                    format=_TIME_FORMATS[field.grain],
                )
            )
        else:
            tips.append(alt.Tooltip(field=key, type="nominal", title=title))
    return tips


# --- marks ----------------------------------------------------------------------------------


def _bar(picture: _Picture) -> "alt.Chart":
    import altair as alt

    chart = alt.Chart().mark_bar(color=_BLUE)
    if picture.horizontal:
        return chart.encode(
            y=_labels_axis(picture, alt.Y),
            x=_measure_axis(picture, alt.X, picture.y),
            tooltip=_tooltip(picture),
            **_color(picture),
        ).properties(width=_WIDTH, height=alt.Step(_BAR))
    return chart.encode(
        x=_labels_axis(picture, alt.X),
        y=_measure_axis(picture, alt.Y, picture.y),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _grouped_bar(picture: _Picture) -> "alt.Chart":
    import altair as alt

    assert picture.color is not None
    inner = {
        "field": picture.key(picture.color),
        "type": "nominal",
        "sort": list(dict.fromkeys(picture.color.labels)),
    }
    chart = _bar(picture)
    if picture.horizontal:
        return chart.encode(yOffset=alt.YOffset(**inner)).properties(height=alt.Step(_BAR / 2))
    return chart.encode(xOffset=alt.XOffset(**inner))


def _line(picture: _Picture) -> "alt.Chart":
    import altair as alt

    known = picture.y.known
    spread = max(known, default=0) - min(known, default=0)
    zero = not known or min(known) <= 0 or spread > 0.4 * max(known)
    points = len(picture.rows) <= 60
    x = _time_axis(picture) if picture.on_time_axis else _labels_axis(picture, alt.X)
    chart = alt.Chart().mark_line(color=_BLUE, point=points)
    return chart.encode(
        x=x,
        y=_measure_axis(picture, alt.Y, picture.y, zero=zero),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _area(picture: _Picture) -> "alt.Chart":
    import altair as alt

    x = _time_axis(picture) if picture.on_time_axis else _labels_axis(picture, alt.X)
    chart = alt.Chart().mark_area(color=_BLUE, opacity=0.8)
    return chart.encode(
        x=x,
        y=_measure_axis(picture, alt.Y, picture.y),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _scatter(picture: _Picture) -> "alt.Chart":
    import altair as alt

    chart = alt.Chart().mark_point(color=_BLUE, filled=True, opacity=0.6)
    return chart.encode(
        x=_measure_axis(picture, alt.X, picture.x, zero=False),
        y=_measure_axis(picture, alt.Y, picture.y, zero=False),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _histogram(picture: _Picture) -> "alt.Chart":
    import altair as alt

    if picture.drawing.x is None:
        chart = alt.Chart().mark_bar(color=_BLUE)
        return chart.encode(
            x=alt.X(
                field=picture.key(picture.y),
                type="quantitative",
                bin=alt.Bin(maxbins=_BINS),
                title=label(picture.y.name),
            ),
            y=alt.Y(aggregate="count", type="quantitative", title="Rows"),
        ).properties(width=_WIDTH, height=_HEIGHT)
    return (
        alt.Chart()
        .mark_bar(color=_BLUE, binSpacing=1)
        .encode(
            x=alt.X(
                field=picture.key(picture.x),
                type="quantitative",
                bin="binned",
                title=label(picture.x.name),
                axis=alt.Axis(format=number_format(picture.x), grid=False),
            ),
            x2=alt.X2(field="bin_end"),
            y=_measure_axis(picture, alt.Y, picture.y),
            tooltip=_tooltip(picture),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _box(picture: _Picture) -> "alt.Chart":
    import altair as alt

    return (
        alt.Chart()
        .mark_boxplot(color=_BLUE, size=36)
        .encode(
            x=_labels_axis(picture, alt.X),
            y=_measure_axis(picture, alt.Y, picture.y, zero=False),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _heatmap(picture: _Picture) -> "alt.Chart":
    import altair as alt

    assert picture.color is not None
    signed = min(picture.y.known, default=0) < 0
    scheme = {"scheme": "blueorange", "domainMid": 0} if signed else {"scheme": "blues"}
    return (
        alt.Chart()
        .mark_rect()
        .encode(
            x=alt.X(
                field=picture.key(picture.color),
                type="nominal",
                sort=list(dict.fromkeys(picture.color.labels)),
                title=label(picture.color.name),
            ),
            y=_labels_axis(picture, alt.Y),
            color=alt.Color(
                field=picture.key(picture.y),
                type="quantitative",
                scale=alt.Scale(**scheme),
                title=picture.drawing.subject or None,
                legend=alt.Legend(format=number_format(picture.y)),
            ),
            tooltip=_tooltip(picture),
        )
        .properties(width=alt.Step(_BAR * 2), height=alt.Step(_BAR))
    )


def _pie(picture: _Picture) -> "alt.Chart":
    import altair as alt

    return (
        alt.Chart()
        .mark_arc(stroke="white")
        .encode(
            theta=alt.Theta(field=picture.key(picture.y), type="quantitative", stack=True),
            order=alt.Order(field=picture.key(picture.y), type="quantitative", sort="descending"),
            color=alt.Color(
                field=picture.key(picture.x),
                type="nominal",
                sort=picture.order,
                title=label(picture.x.name),
            ),
            tooltip=_tooltip(picture),
        )
        .properties(width=_HEIGHT, height=_HEIGHT)
    )


_MARKS: "dict[str, Callable[[_Picture], alt.Chart]]" = {
    "bar": _bar,
    "grouped_bar": _grouped_bar,
    "stacked_bar": _bar,
    "line": _line,
    "area": _area,
    "scatter": _scatter,
    "histogram": _histogram,
    "box": _box,
    "heatmap": _heatmap,
    "pie": _pie,
}
