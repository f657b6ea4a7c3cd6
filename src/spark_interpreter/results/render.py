"""A chart as a picture or a file, with no browser and no network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spark_interpreter.errors import ResultError
from spark_interpreter.model import Chart
from spark_interpreter.results.targets import checked_ending

_HTML = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Chart</title></head>
<body>
<div id="chart"></div>
<script>
{library}
</script>
<script>
vegaEmbed("#chart", {spec});
</script>
</body>
</html>
"""


def render_png(chart: Chart, *, scale: float = 2) -> bytes:
    """The chart as a PNG picture; `scale` multiplies its size in pixels.

    Raises:
        ResultError: the specification cannot be drawn.
    """
    import vl_convert

    return bytes(_drawn(lambda: vl_convert.vegalite_to_png(chart.spec, scale=scale)))


def render_svg(chart: Chart) -> bytes:
    """The chart as an SVG picture.

    Raises:
        ResultError: the specification cannot be drawn.
    """
    import vl_convert

    text: str = _drawn(lambda: vl_convert.vegalite_to_svg(chart.spec))
    return text.encode()


def render_json(chart: Chart) -> bytes:
    """The chart's Vega-Lite specification."""
    return json.dumps(chart.spec, ensure_ascii=False, indent=2).encode()


def render_html(chart: Chart) -> bytes:
    """A page with the chart that needs no network.

    Raises:
        ResultError: the JavaScript bundle cannot be made.
    """
    import vl_convert

    library: str = _drawn(lambda: vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    spec = json.dumps(chart.spec, ensure_ascii=False).replace("<", "\\u003c")
    return _HTML.format(library=library.replace("</script", "<\\/script"), spec=spec).encode()


_RENDERERS: dict[str, Callable[[Chart], bytes]] = {
    ".png": render_png,
    ".svg": render_svg,
    ".json": render_json,
    ".html": render_html,
}
CHART_ENDINGS = tuple(sorted(_RENDERERS))


def check_chart_path(path: Path) -> None:
    """See that a chart can be written there, before the work for it begins.

    Raises:
        ResultError: the ending is not one of `CHART_ENDINGS`, or the folder is missing.
    """
    checked_ending(path, CHART_ENDINGS, "A chart cannot be written as")


def save_chart(chart: Chart, path: Path) -> Path:
    """Write the chart in the form the path's ending names.

    Raises:
        ResultError: the ending is not one of `CHART_ENDINGS`, or the file cannot be written.
    """
    check_chart_path(path)
    content = _RENDERERS[path.suffix.lower()](chart)
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise ResultError(
            f"The chart cannot be written to “{path}”: {exc.strerror or exc}.",
            remedy="Choose another place.",
        ) from exc
    return path


def _drawn(draw: Callable[[], Any]) -> Any:
    try:
        return draw()
    except ValueError as exc:
        raise ResultError("The chart cannot be drawn.", detail=str(exc)) from exc
