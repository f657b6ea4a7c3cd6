"""Plans in words. Every case of the renderer is in one snapshot; the rules have tests below."""

from pathlib import Path

import pytest

from spark_interpreter.generation.planner.plan import (
    Between,
    Bin,
    Derive,
    Extract,
    Limit,
    Plan,
    Project,
    Relation,
    Sort,
    Top,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.wording import chart_hint, explanation, reading, title
from spark_interpreter.generation.planner.wording.words import (
    humanize,
    listed,
    ordinal,
    period,
    plural,
    rows_of,
)
from spark_interpreter.model import ChartHint
from tests.generation.planner.rendering.cases import CASES
from tests.generation.planner.rendering.shop import (
    ORDERS,
    PROFILES,
    REVENUE,
    agg,
    by,
    c,
    compare,
    day,
    group,
    n,
    op,
    where,
)

SNAPSHOT = Path(__file__).parents[3] / "snapshots" / "wording.txt"
MONTH = n("month", Truncate(unit="month", value=c("day")))
MONTHLY = group(ORDERS, MONTH, revenue=agg("sum", REVENUE))
BY_PRODUCT = group(ORDERS, n("product"), revenue=agg("sum", REVENUE))
IN_2023 = Between(value=c("day"), low=day("2023-01-01"), high=day("2024-01-01"), half_open=True)


def test_every_case_reads_like_the_snapshot(update_snapshots: bool) -> None:
    text = "\n".join(
        f"[{name}]\n{title(case.plan, PROFILES)}\n{reading(case.plan, PROFILES)}\n"
        f"{explanation(case.plan, PROFILES)}\n"
        for name, case in CASES.items()
    )
    if update_snapshots:
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (MONTHLY, "Revenue by month"),
        (
            Top(input=BY_PRODUCT, count=5, order=(by("revenue", descending=True),)),
            "Top 5 products by revenue",
        ),
        (
            Limit(input=Sort(input=BY_PRODUCT, keys=(by("revenue"),)), count=3),
            "Bottom 3 products by revenue",
        ),
        (group(ORDERS, count=agg("count")), "Number of orders"),
        (group(ORDERS, n("region"), x=agg("avg", "price")), "Average price by region"),
        (where(ORDERS, compare("quantity", ">", 2)), "Orders where quantity is more than 2"),
        (
            group(where(ORDERS, IN_2023), MONTH, n=agg("count")),
            "Number of orders by month in 2023",
        ),
        (
            Project(input=ORDERS, columns=(n("product"), n("region"))),
            "Product and region of orders",
        ),
        (
            Derive(
                input=BY_PRODUCT,
                columns=(
                    n("share", op(c("revenue"), "/", Windowed(function="sum", value=c("revenue")))),
                ),
            ),
            "Share of revenue by product",
        ),
    ],
)
def test_titles(relation: Relation, expected: str) -> None:
    assert title(Plan(relation=relation), PROFILES) == expected


def test_a_reading_says_everything() -> None:
    best = Limit(
        input=Sort(
            input=where(
                group(where(ORDERS, IN_2023), n("product"), revenue=agg("sum", REVENUE)),
                compare("revenue", ">", 3),
            ),
            keys=(by("revenue", descending=True),),
        ),
        count=5,
    )
    assert reading(Plan(relation=best), PROFILES) == (
        "Total quantity × price (revenue) for each product in orders where day is in 2023, "
        "keeping only groups where revenue is more than 3, ordered by revenue (highest first), "
        "only the first 5 rows."
    )
    assert explanation(Plan(relation=best), PROFILES) == (
        "All rows of orders are read; only those where day is in 2023 are kept. They are grouped "
        "by product, and each group gets its total quantity × price. Then only those where "
        "revenue is more than 3 are kept, then the rows are put in order of revenue "
        "(highest first), then the first 5 are kept."
    )


@pytest.mark.parametrize(
    ("relation", "hint"),
    [
        (MONTHLY, ChartHint(kind="line", x="month", y=("revenue",))),
        (BY_PRODUCT, ChartHint(kind="bar", x="product", y=("revenue",))),
        (
            group(ORDERS, n("region"), MONTH, total=agg("sum", "amount")),
            ChartHint(kind="line", x="month", y=("total",), color="region"),
        ),
        (
            group(ORDERS, n("region"), n("product"), total=agg("sum", "amount")),
            ChartHint(kind="grouped_bar", x="region", y=("total",), color="product"),
        ),
        (
            group(ORDERS, n("from", Bin(value=c("price"), width=2)), n=agg("count")),
            ChartHint(kind="bar", x="from", y=("n",)),
        ),
        (
            group(
                ORDERS, n("weekday", Extract(part="weekday_name", value=c("day"))), n=agg("count")
            ),
            ChartHint(kind="bar", x="weekday", y=("n",)),
        ),
        (ORDERS, None),
        (group(ORDERS, n=agg("count")), None),
        (group(ORDERS, n("region"), first=agg("min", "product")), None),
    ],
)
def test_charts(relation: Relation, hint: ChartHint | None) -> None:
    assert chart_hint(Plan(relation=relation), PROFILES) == hint


def test_a_requested_chart_is_kept() -> None:
    asked = chart_hint(Plan(relation=BY_PRODUCT), PROFILES, "pie")
    assert asked == ChartHint(kind="pie", x="product", y=("revenue",), requested=True)
    assert chart_hint(Plan(relation=ORDERS), PROFILES, "scatter") == ChartHint(
        kind="scatter", requested=True
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("order_date", "order date"),
        ("orderDate", "order date"),
        ("Order Date", "order date"),
        ("VAT rate", "VAT rate"),
        ("customerID", "customer ID"),
        ("größe", "größe"),
        ("_", "_"),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    assert humanize(name) == words


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        ("2023-01-01", "2024-01-01", "2023"),
        ("2021-01-01", "2024-01-01", "2021 to 2023"),
        ("2023-12-01", "2024-01-01", "December 2023"),
        ("2023-04-01", "2023-07-01", "Q2 2023"),
        ("2023-04-05", "2023-04-06", "2023-04-05"),
        ("2023-04-01 00:00:00", "2023-05-01 00:00:00", "April 2023"),
        ("2023-04-01 10:00:00", "2023-05-01 00:00:00", None),
        ("2023-02-01", "2023-05-01", None),
        ("2023-04-03", "2023-05-01", None),
        ("soon", "later", None),
    ],
)
def test_calendar_periods_have_names(low: str, high: str, name: str | None) -> None:
    assert period(low, high) == name


def test_small_words() -> None:
    assert listed([]) == ""
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert [ordinal(x) for x in (1, 2, 3, 11, 22, 99.9)] == [
        "1st", "2nd", "3rd", "11th", "22nd", "99.9th",
    ]  # fmt: skip
    assert [plural(x) for x in ("city", "day", "box", "sales")] == [
        "cities", "days", "boxes", "sales",
    ]  # fmt: skip
    assert [rows_of(x) for x in ("online_orders", "sheet1", "staff")] == [
        "online orders", "rows", "rows",
    ]  # fmt: skip
