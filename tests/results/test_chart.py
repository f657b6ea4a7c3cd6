"""Charts: the kind follows the shape, and the picture never contradicts the table."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import altair as alt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from spark_interpreter.errors import ResultError
from spark_interpreter.model import Chart, ChartHint
from spark_interpreter.model.draft import ChartKind
from spark_interpreter.results import CHART_ENDINGS, present, render_png, render_svg, save_chart

WriteOutput = Callable[..., Path]
MONTHS = [dt.datetime(2023 + n // 12, n % 12 + 1, 1, tzinfo=dt.UTC) for n in range(24)]
WHEN = pa.timestamp("us", "UTC")


def months(count: int) -> pa.Array:
    return pa.array(MONTHS[:count], WHEN)


def asked(kind: ChartKind, x: str | None = None, *y: str, color: str | None = None) -> ChartHint:
    return ChartHint(kind=kind, x=x, y=y, color=color, requested=True)


def hinted(kind: ChartKind, x: str | None = None, *y: str, color: str | None = None) -> ChartHint:
    return ChartHint(kind=kind, x=x, y=y, color=color)


REGIONS = {"region": ["N", "S", "W"], "revenue": [3.0, 2.0, 1.0]}
GRID = {
    "region": ["N", "N", "S", "S"],
    "channel": ["web", "shop", "web", "shop"],
    "revenue": [1, 2, 3, 4],
}
SERIES = {
    "month": pa.array([m for m in MONTHS[:6] for _ in "ab"], WHEN),
    "region": ["N", "S"] * 6,
    "revenue": list(range(12)),
}

KINDS: list[tuple[str, dict[str, Any], ChartHint | None, str | None]] = [
    ("one number", {"revenue": [1.0]}, None, None),
    ("one row", {"region": ["N"], "revenue": [1.0]}, None, None),
    ("no numbers", {"region": ["N", "S"]}, None, None),
    ("category and measure", REGIONS, None, "bar"),
    ("nothing wanted", REGIONS, asked("none"), None),
    ("pie only when asked", {"region": ["N", "S"], "share": [0.4, 0.6]}, None, "bar"),
    ("pie", {"region": ["N", "S"], "share": [0.4, 0.6]}, asked("pie", "region", "share"), "pie"),
    ("no pie of negatives", {"region": ["N", "S"], "n": [-1, 2]}, asked("pie"), "bar"),
    ("no pie of many", {"k": [f"c{n}" for n in range(20)], "n": range(20)}, asked("pie"), "bar"),
    ("time", {"month": months(12), "revenue": range(12)}, None, "line"),
    ("two points in time", {"month": months(2), "revenue": [1, 2]}, None, "bar"),
    ("time as bars", {"month": months(5), "revenue": range(5)}, asked("bar"), "bar"),
    ("time as area", {"month": months(5), "revenue": range(5)}, asked("area"), "area"),
    ("time and category", SERIES, None, "line"),
    ("stacked area", SERIES, hinted("area", "month", "revenue", color="region"), "area"),
    ("few years", {"order_year": [2021, 2022, 2023], "n": [1, 2, 3]}, None, "bar"),
    ("many years", {"year": range(1990, 2020), "n": range(30)}, None, "line"),
    ("text months", {"m": [f"2024-{n:02d}" for n in range(1, 13)], "n": range(12)}, None, "bar"),
    ("two categories", GRID, None, "grouped_bar"),
    ("stacked", GRID, asked("stacked_bar"), "stacked_bar"),
    ("averages are not stacked", {**GRID, "revenue": [1.5, -1, 2, 3]}, None, "grouped_bar"),
    ("grid", GRID, asked("heatmap"), "heatmap"),
    (
        "large grid",
        {
            "weekday": [d for d in range(1, 8) for _ in range(24)],
            "hour": list(range(24)) * 7,
            "count": range(168),
        },
        None,
        "heatmap",
    ),
    ("scatter", {"price": [1.5, 2.5, 3.5], "size": [2.0, 1.0, 3.0]}, None, "scatter"),
    ("bins", {"from": [0, 10, 20], "count": [5, 3, 1]}, hinted("histogram", "from"), "histogram"),
    (
        "ranges",
        {"price_from": [0.0, 5.0], "n": [5, 3]},
        hinted("bar", "price_from", "n"),
        "histogram",
    ),
    ("grouped by decimals", {"rate": [0.1, 0.2], "n": [5, 3]}, hinted("bar", "rate", "n"), "bar"),
    (
        "years as a line",
        {"year": [2021, 2022, 2023], "n": [1, 2, 3]},
        hinted("line", "year", "n"),
        "line",
    ),
    (
        "pivot",
        {"region": ["N", "S"], **{f"c{n}": [n, 100 * n] for n in range(6)}},
        hinted("grouped_bar", "region", *(f"c{n}" for n in range(6))),
        "grouped_bar",
    ),
    (
        "wide pivot",
        {"region": ["N", "S"], **{f"c{n}": [n, 100 * n] for n in range(12)}},
        hinted("grouped_bar", "region", *(f"c{n}" for n in range(12))),
        "heatmap",
    ),
    ("raw values", {"price": [1.0, 1.0, 2.0]}, hinted("histogram", None, "price"), "histogram"),
    (
        "box",
        {"region": ["N", "S"] * 5, "price": [float(n) for n in range(10)]},
        hinted("box", "region", "price"),
        "box",
    ),
    ("counted integers", {"rating": [1, 2, 3], "count": [9, 5, 1]}, None, "bar"),
    (
        "measures of one scale",
        {"region": ["N", "S"], "avg_2023": [1.0, 2.0], "avg_2024": [2.0, 3.0]},
        None,
        "grouped_bar",
    ),
    (
        "measures of two scales",
        {"region": ["N", "S"], "revenue": [1e6, 2e6], "orders": [1, 2]},
        None,
        "bar",
    ),
    (
        "raw rows",
        {"order_id": [1, 2], "name": ["a", "b"], "city": ["x", "y"], "amount": [1.0, 2.0]},
        None,
        None,
    ),
    ("repeated names", {"name": ["a", "a"], "amount": [1.0, 2.0]}, None, None),
    ("lists", {"tags": [["a"], ["b"]], "n": [1, 2]}, None, None),
]


@pytest.mark.parametrize(
    ("columns", "hint", "kind"), [c[1:] for c in KINDS], ids=[c[0] for c in KINDS]
)
def test_the_kind_follows_the_shape(
    output: WriteOutput, columns: dict[str, Any], hint: ChartHint | None, kind: str | None
) -> None:
    table = pa.table({k: v if isinstance(v, pa.Array) else list(v) for k, v in columns.items()})
    chart = present(output(table), hint=hint, title="Title").chart
    assert (chart.kind if chart else None) == kind
    if chart is not None:
        assert "Vega-Lite" not in chart.description
        assert chart.spec["title"]["text"] == "Title"
        assert b"<svg" in render_svg(chart)
        alt.Chart.from_dict(chart.spec, validate=True).to_dict(validate=True)


def values(chart: Chart | None) -> list[dict[str, Any]]:
    assert chart is not None
    found: list[dict[str, Any]] = chart.spec["data"]["values"]
    return found


def encoding(chart: Chart | None, channel: str) -> dict[str, Any]:
    assert chart is not None
    found: dict[str, Any] = chart.spec["encoding"][channel]
    return found


def subtitle(chart: Chart | None) -> str | None:
    assert chart is not None
    found: str | None = chart.spec["title"].get("subtitle")
    return found


def test_values_and_their_order_are_those_of_the_table(output: WriteOutput) -> None:
    table = pa.table({"region": ["S", None, "N"], "revenue": [Decimal("2.50"), None, Decimal(9)]})
    result = present(output(table))
    assert values(result.chart) == [
        {"region": "S", "revenue": 2.5},
        {"region": "(missing)", "revenue": None},
        {"region": "N", "revenue": 9.0},
    ]
    assert encoding(result.chart, "x")["sort"] == ["S", "(missing)", "N"]


def test_a_missing_value_is_not_mixed_up_with_the_word(output: WriteOutput) -> None:
    table = pa.table({"region": ["(missing)", None], "revenue": [1.0, 2.0]})
    assert present(output(table)).chart is None


def test_awkward_names_are_no_expressions(output: WriteOutput) -> None:
    table = pa.table({"a.b[0]": ["x", "y"], 'it\'s "50%"': [1.0, 2.0], "a b 0": [3.0, 4.0]})
    chart = present(output(table), hint=hinted("bar", "a.b[0]", 'it\'s "50%"')).chart
    assert values(chart) == [{"a_b_0": "x", "it_s__50": 1.0}, {"a_b_0": "y", "it_s__50": 2.0}]
    assert encoding(chart, "x")["title"] == "A.b[0]"
    assert chart is not None
    assert "NaN" not in render_svg(chart).decode()


def test_names_that_differ_in_signs_only_stay_apart(output: WriteOutput) -> None:
    table = pa.table({"a.b": ["x", "y"], "a b": ["u", "u"], "a-b": [1.0, 2.0]})
    chart = present(output(table), hint=hinted("bar", "a.b", "a-b")).chart
    assert values(chart) == [{"a_b": "x", "a_b_2": 1.0}, {"a_b": "y", "a_b_2": 2.0}]


def test_a_chart_of_the_first_bars_says_so(output: WriteOutput) -> None:
    table = pa.table({"name": [f"c{n}" for n in range(60)], "n": range(60)})
    chart = present(output(table, ordered=True)).chart
    assert subtitle(chart) == "The first 40 of 60 values of name"
    assert [v["n"] for v in values(chart)] == list(range(40))


def test_where_order_means_nothing_the_largest_bars_are_shown(output: WriteOutput) -> None:
    table = pa.table({"name": [f"c{n}" for n in range(60)], "n": range(60)})
    chart = present(output(table, ordered=False)).chart
    assert subtitle(chart) == "The 40 largest of 60 rows"
    assert sorted(v["n"] for v in values(chart)) == list(range(20, 60))


def test_many_series_are_cut_to_the_largest(output: WriteOutput) -> None:
    rows = [(m, f"s{n}", n) for m in MONTHS[:3] for n in range(12)]
    table = pa.table(
        {
            "month": pa.array([r[0] for r in rows], WHEN),
            "store": [r[1] for r in rows],
            "sales": [r[2] for r in rows],
        }
    )
    chart = present(output(table)).chart
    assert subtitle(chart) == "The 8 largest of 12 values of store"
    assert {v["store"] for v in values(chart)} == {f"s{n}" for n in range(4, 12)}


def test_rows_without_a_time_are_left_out_of_lines_and_said(output: WriteOutput) -> None:
    table = pa.table({"month": pa.array([*MONTHS[:4], None], WHEN), "n": range(5)})
    assert subtitle(present(output(table)).chart) == "Without 1 row that has no month"


def test_a_chart_of_a_huge_result_looks_at_its_beginning_and_says_so(output: WriteOutput) -> None:
    table = pa.table({"price": [float(n) for n in range(6000)], "size": [1.0, 2.0] * 3000})
    chart = present(output(table), hint=hinted("scatter", "price", "size")).chart
    assert subtitle(chart) == "The first 5,000 of 6,000 rows"
    assert len(values(chart)) == 5000


def test_long_labels_lie_down(output: WriteOutput) -> None:
    names = [f"a rather long product name, number {n}" for n in range(5)]
    chart = present(output(pa.table({"name": names, "n": range(5)}))).chart
    assert encoding(chart, "y")["field"] == "name"


@pytest.mark.parametrize(
    ("column", "name", "form"),
    [
        ([0.25, 0.75], "share", ".1~%"),
        ([0.01, 0.02], "growth", ".2~%"),
        ([1.25, 3.5], "share_pct", ",.4~f"),
        ([1000, 2000], "orders", ",.0f"),
        ([2e9, 1e9], "revenue", ".3~s"),
        ([0.98, 0.99], "exchange_rate", ",.4~f"),
    ],
)
def test_axes_are_labelled_like_their_numbers(
    output: WriteOutput, column: list[float], name: str, form: str
) -> None:
    chart = present(output(pa.table({"region": ["N", "S"], name: column}))).chart
    assert encoding(chart, "y")["axis"]["format"] == form


def test_times_are_drawn_in_utc_wherever_the_reader_is(output: WriteOutput) -> None:
    table = pa.table({"month": months(4), "revenue": [1, 2, 3, 4]})
    chart = present(output(table)).chart
    assert chart is not None
    assert encoding(chart, "x")["scale"] == {"type": "utc"}
    code = "import sys, json, vl_convert; print(vl_convert.vegalite_to_svg(json.load(sys.stdin)))"
    svgs = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(chart.spec),
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("UTC", "America/Los_Angeles")
    ]
    assert svgs[0] == svgs[1]
    assert "Dec" not in svgs[0]


def test_dates_of_a_line_are_instants_of_utc(output: WriteOutput) -> None:
    days = pa.array([dt.date(2024, 1, n) for n in (1, 2, 3)])
    chart = present(output(pa.table({"day": days, "n": [1, 2, 3]}))).chart
    assert values(chart)[0]["day"] == "2024-01-01T00:00:00Z"


@pytest.mark.parametrize("ending", CHART_ENDINGS)
def test_charts_are_saved_as_their_ending_says(
    output: WriteOutput, tmp_path: Path, ending: str
) -> None:
    chart = present(output(pa.table(REGIONS))).chart
    assert chart is not None
    path = save_chart(chart, tmp_path / f"chart{ending}")
    start = {".png": b"\x89PNG", ".svg": b"<svg", ".json": b"{", ".html": b"<!DOCTYPE html>"}
    assert path.read_bytes().startswith(start[ending])
    if ending == ".html":
        assert not re.search(r'(src|href)="?https?:', path.read_text("utf-8"))


def test_a_page_holds_markup_in_data_as_text(output: WriteOutput, tmp_path: Path) -> None:
    bad = "</script><script>alert(1)</script>"
    chart = present(output(pa.table({"region": [bad, "S"], "revenue": [1.0, 2.0]}))).chart
    assert chart is not None
    assert bad not in save_chart(chart, tmp_path / "c.html").read_text("utf-8")


def test_an_unknown_ending_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    chart = Chart(kind="bar", spec={})
    with pytest.raises(ResultError, match=r"chart\.gif"):
        save_chart(chart, tmp_path / "chart.gif")
    with pytest.raises(ResultError, match="does not exist"):
        save_chart(chart, tmp_path / "none" / "chart.png")


def test_a_specification_that_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be drawn"):
        render_png(Chart(kind="bar", spec={"mark": 3}))


NAMES = st.text(min_size=1, max_size=12).filter(lambda n: n.isprintable() and n.strip())
CELLS: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): st.text(max_size=10).filter(
        lambda t: not any(0xD800 <= ord(c) < 0xE000 for c in t)
    ),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(),
    pa.bool_(): st.booleans(),
    pa.date32(): st.dates(),
    WHEN: st.datetimes(timezones=st.just(dt.UTC)),
    pa.decimal128(20, 3): st.decimals(-(10**15), 10**15, places=3),
}
KINDS_ALL: st.SearchStrategy[ChartKind] = st.sampled_from([
    "bar", "grouped_bar", "stacked_bar", "line", "area", "scatter", "histogram", "box",
    "heatmap", "pie", "none",
])  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    rows = draw(st.integers(0, 6))
    columns = {}
    for name in names:
        kind = draw(st.sampled_from(list(CELLS)))
        cells = st.lists(st.none() | CELLS[kind], min_size=rows, max_size=rows)
        columns[name] = pa.array(draw(cells), kind)
    return pa.table(columns)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.data())
def test_any_result_can_be_presented(
    tmp_path_factory: pytest.TempPathFactory, table: pa.Table, data: st.DataObject
) -> None:
    from tests.results.conftest import write_output

    names = st.none() | st.sampled_from(table.column_names)
    hint = data.draw(
        st.none()
        | st.builds(
            ChartHint,
            kind=KINDS_ALL,
            x=names,
            y=st.lists(st.sampled_from(table.column_names), max_size=2).map(tuple),
            color=names,
            requested=st.booleans(),
        )
    )
    folder = write_output(tmp_path_factory.mktemp("any"), table)
    result = present(folder, hint=hint)
    assert result.summary
    json.dumps(result.model_dump(mode="json"), allow_nan=False)
    if result.chart is not None:
        drawn = {
            v for row in values(result.chart) for v in row.values() if isinstance(v, int | float)
        }
        cells = {float(c) for row in result.rows for c in row if _is_number(c)}
        extra = {"bin_end"} if result.chart.kind == "histogram" else set()
        assert extra or {float(v) for v in drawn} <= cells


def _is_number(cell: Any) -> bool:
    try:
        return cell is not None and float(cell) == float(cell)
    except (TypeError, ValueError):
        return False
