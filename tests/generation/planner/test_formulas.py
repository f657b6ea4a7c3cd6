"""Formulas of the glossary become expressions of a plan, or are refused in one sentence."""

import pytest

from spark_interpreter.errors import SettingsError
from spark_interpreter.generation.planner.formulas import columns_of, expression, predicate
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    AllOf,
    Arithmetic,
    Call,
    Case,
    Column,
    Compare,
    Constant,
    Extract,
    IsNull,
    Match,
    Not,
    OneOf,
)

QUANTITY, PRICE = Column(name="quantity"), Column(name="unit_price")


def test_arithmetic_keeps_its_shape() -> None:
    rest = Arithmetic(
        op="-",
        left=Constant(value=1),
        right=Call(name="coalesce", args=(Column(name="discount"), Constant(value=0))),
    )
    assert expression("quantity * unit_price * (1 - coalesce(discount, 0))") == Arithmetic(
        op="*", left=Arithmetic(op="*", left=QUANTITY, right=PRICE), right=rest
    )


def test_aggregates() -> None:
    assert expression("sum(quantity) / count(*)") == Arithmetic(
        op="/",
        left=Aggregated(function="sum", value=QUANTITY),
        right=Aggregated(function="count"),
    )
    assert expression("count(distinct `Customer Id`)") == Aggregated(
        function="count", value=Column(name="Customer Id"), distinct=True
    )


def test_conditional_value() -> None:
    paid = Compare(op="=", left=Column(name="status"), right=Constant(value="paid"))
    assert expression("sum(case when status = 'paid' then quantity else 0 end)") == Aggregated(
        function="sum", value=Case(whens=((paid, QUANTITY),), otherwise=Constant(value=0))
    )


def test_date_part() -> None:
    assert expression("year(order_date)") == Extract(part="year", value=Column(name="order_date"))


def test_conditions() -> None:
    status = Column(name="status")
    options = (Constant(value="a"), Constant(value="b"))
    late = Compare(
        op=">=", left=Column(name="day"), right=Constant(value="2024-01-01", type="date")
    )
    assert predicate("status not in ('a', 'b') and day >= date '2024-01-01'") == AllOf(
        parts=(Not(part=OneOf(value=status, options=options)), late)
    )
    assert predicate("status is not null") == Not(part=IsNull(value=status))
    assert predicate("status like 'A%'") == Match(
        value=status, kind="like", text="A%", ignore_case=False
    )
    assert predicate("active") == Compare(
        op="=", left=Column(name="active"), right=Constant(value=True)
    )


def test_columns_in_the_order_of_the_text() -> None:
    assert columns_of("quantity * unit_price + quantity") == ("quantity", "unit_price")


@pytest.mark.parametrize(
    "formula",
    ["", "quantity *", "rand()", "(select 1)", "java_method('a', 'b')", "quantity over (x)",
     "explode(tags)", "count(distinct a, b)", "status", "case status when 'a' then 1 end"],
)  # fmt: skip
def test_other_things_are_refused(formula: str) -> None:
    with pytest.raises(SettingsError) as refused:
        predicate(formula) if formula == "" else expression(f"lower({formula}) || 'x'")
    assert refused.value.remedy
