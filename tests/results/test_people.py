"""Numbers and names as people read them."""

from decimal import Decimal

import pytest

from spark_interpreter.results.people import label, number, number_column, phrase, unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (1234567, "1,234,567"), (1234.5, "1,234.5"), (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"), (0.00012345, "0.0001235"), (-1234.567, "-1,234.57"), (1e-9, "1e-09"),
        ("12345678901234567.89", "12,345,678,901,234,567.89"), (Decimal("2.50"), "2.5"),
        (9007199254740993, "9,007,199,254,740,993"),
    ],
)  # fmt: skip
def test_numbers(value: object, text: str) -> None:
    assert number(str(value)) == text


@pytest.mark.parametrize(
    ("name", "said", "heading", "of"),
    [
        ("total_revenue_eur", "total revenue", "Total revenue (EUR)", "EUR"),
        ("distance_km", "distance", "Distance (km)", "km"),
        ("share_pct", "share pct", "Share pct", "%"),
        ("orders_last_30_days", "orders last 30 days", "Orders last 30 days", ""),
        ("number_of_days", "number of days", "Number of days", ""),
        ("km", "km", "Km", ""),
        ("Größe [m]", "größe [m]", "Größe [m]", ""),
        ("GDP", "GDP", "GDP", ""),
        ("balanceAfter", "balance after", "Balance after", ""),
        ("_", "_", "_", ""),
    ],
)
def test_names(name: str, said: str, heading: str, of: str) -> None:
    assert (phrase(name), label(name), unit(name)) == (said, heading, of)


def test_numbers_of_a_column_line_up() -> None:
    assert number_column([1.5, 2, None], "double") == ["1.5", "2.0", None]
    assert number_column([1000.123, 0.5], "double") == ["1,000.123", "0.500"]
    assert number_column([0.00123, 0.5], "double") == ["0.00123", "0.50000"]
    assert number_column(["1.50", "20.00"], "decimal(10,2)") == ["1.50", "20.00"]
    assert number_column([1e30, 1.0], "double") == ["1e+30", "1"]
    assert number_column([], "int") == []
