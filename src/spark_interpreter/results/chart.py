"""Charts as Vega-Lite specifications with their data inside, built with Altair."""

from typing import TYPE_CHECKING

from spark_interpreter.model import Chart, ChartHint
from spark_interpreter.results.drawing import Drawing, choose
from spark_interpreter.results.marks import draw
from spark_interpreter.results.people import phrase
from spark_interpreter.results.picture import Picture
from spark_interpreter.results.shape import Shape

if TYPE_CHECKING:
    import altair as alt

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
    picture = Picture(drawing)
    heading = title or picture.subject
    # That all kinds of charts follow the schema is tested; looking each time costs a third of it.
    spec = _finish(draw(picture), picture, heading).to_dict(validate=False)
    return Chart(kind=drawing.kind, spec=spec, description=_description(drawing))


def _finish(chart: "alt.Chart", picture: "Picture", title: str) -> "alt.Chart":
    import altair as alt

    note = picture.drawing.note
    heading = alt.Title(title, anchor="start", **({"subtitle": note} if note else {}))
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
    split = f" and {phrase(drawing.color.name)}" if drawing.color and drawing.subject else ""
    if drawing.kind == "scatter" and drawing.x is not None:
        by = f" against {phrase(drawing.x.name)}"
    text = f"{_KIND_NAMES[drawing.kind]} of {what}{by}{split}."
    return f"{text} {drawing.note}." if drawing.note else text
