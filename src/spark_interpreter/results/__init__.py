"""From the files of a run to what is shown: preview, chart, summary, export."""

from spark_interpreter.results.export import Exported, check_export_path, export, write_csv
from spark_interpreter.results.manifest import MANIFEST_NAME, read_manifest
from spark_interpreter.results.output import Output, read_table
from spark_interpreter.results.pages import page
from spark_interpreter.results.present import preload, present
from spark_interpreter.results.render import (
    CHART_ENDINGS,
    check_chart_path,
    render_html,
    render_json,
    render_png,
    render_svg,
    save_chart,
)

__all__ = [
    "CHART_ENDINGS",
    "MANIFEST_NAME",
    "Exported",
    "Output",
    "check_chart_path",
    "check_export_path",
    "export",
    "page",
    "preload",
    "present",
    "read_manifest",
    "read_table",
    "render_html",
    "render_json",
    "render_png",
    "render_svg",
    "save_chart",
    "write_csv",
]
