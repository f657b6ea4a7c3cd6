"""Pictures as Altair charts, one function for each kind."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spark_interpreter.results.people import label
from spark_interpreter.results.picture import Picture
from spark_interpreter.results.shape import Field, Grain

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


def draw(picture: Picture) -> "alt.Chart":
    """The chart of a picture, without its data and title."""
    return _MARKS[picture.drawing.kind](picture)


def _number_format(field: Field) -> str:
    """The d3 format of a measure's axis."""
    if field.fraction:
        return ".1~%" if max((abs(n) for n in field.known), default=0) > 0.1 else ".2~%"
    largest = max((abs(n) for n in field.known), default=0)
    if largest >= 1e7:
        return ".3~s"
    return ",.0f" if largest >= 100 or field.whole else ",.4~f"


# --- encodings ------------------------------------------------------------------------------


def _labels_axis(picture: Picture, channel: "type[alt.X | alt.Y]") -> Any:
    import altair as alt

    angle = 0 if picture.horizontal or sum(map(len, picture.order)) < 80 else -40
    return channel(
        field=picture.key(picture.x),
        type="nominal",
        sort=picture.order,
        title=label(picture.x.name),
        axis=alt.Axis(labelAngle=angle, grid=False),
    )


def _time_axis(picture: Picture) -> "alt.X":
    import altair as alt

    axis = alt.Axis(grid=False, labelOverlap=True)
    if picture.x.grain in {"year", "quarter"}:
        months = sorted({v[:7] for v in picture.x.values if v is not None})
        every = -(-len(months) // 12)
        axis = alt.Axis(
            grid=False,
            labelOverlap=True,
            format=_TIME_FORMATS[picture.x.grain],
            values=[
                alt.DateTime(utc=True, year=int(m[:4]), month=int(m[5:])) for m in months[::every]
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
    picture: Picture, channel: "type[alt.X | alt.Y]", field: Field, *, zero: bool = True
) -> Any:
    import altair as alt

    named = picture.drawing.subject if field is picture.y else label(field.name)
    step = {"tickMinStep": 1} if field.whole else {}
    return channel(
        field=picture.key(field),
        type="quantitative",
        scale=alt.Scale(zero=zero),
        title=named or None,
        axis=alt.Axis(format=_number_format(field), **step),
    )


def _color(picture: Picture) -> dict[str, Any]:
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


def _tooltip(picture: Picture) -> "list[alt.Tooltip]":
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


def _bar(picture: Picture) -> "alt.Chart":
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


def _grouped_bar(picture: Picture) -> "alt.Chart":
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


def _line(picture: Picture) -> "alt.Chart":
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


def _area(picture: Picture) -> "alt.Chart":
    import altair as alt

    x = _time_axis(picture) if picture.on_time_axis else _labels_axis(picture, alt.X)
    chart = alt.Chart().mark_area(color=_BLUE, opacity=0.8)
    return chart.encode(
        x=x,
        y=_measure_axis(picture, alt.Y, picture.y),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _scatter(picture: Picture) -> "alt.Chart":
    import altair as alt

    chart = alt.Chart().mark_point(color=_BLUE, filled=True, opacity=0.6)
    return chart.encode(
        x=_measure_axis(picture, alt.X, picture.x, zero=False),
        y=_measure_axis(picture, alt.Y, picture.y, zero=False),
        tooltip=_tooltip(picture),
        **_color(picture),
    ).properties(width=_WIDTH, height=_HEIGHT)


def _histogram(picture: Picture) -> "alt.Chart":
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
                axis=alt.Axis(format=_number_format(picture.x), grid=False),
            ),
            x2=alt.X2(field="bin_end"),
            y=_measure_axis(picture, alt.Y, picture.y),
            tooltip=_tooltip(picture),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _box(picture: Picture) -> "alt.Chart":
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


def _heatmap(picture: Picture) -> "alt.Chart":
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
                legend=alt.Legend(format=_number_format(picture.y)),
            ),
            tooltip=_tooltip(picture),
        )
        .properties(width=alt.Step(_BAR * 2), height=alt.Step(_BAR))
    )


def _pie(picture: Picture) -> "alt.Chart":
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


_MARKS: "dict[str, Callable[[Picture], alt.Chart]]" = {
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
