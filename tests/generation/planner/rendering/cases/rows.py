"""Listing, ordering and filtering rows."""

from spark_interpreter.generation.planner.plan import (
    AllOf,
    AnyOf,
    Between,
    Derive,
    Distinct,
    Extract,
    IsNull,
    Limit,
    Match,
    Not,
    OneOf,
    Project,
    Sort,
    Windowed,
)
from tests.generation.planner.rendering.cases.base import AVERAGE_PRICE, case
from tests.generation.planner.rendering.shop import (
    ORDERS,
    REVENUE,
    by,
    c,
    compare,
    day,
    k,
    n,
    op,
    where,
)

case("all_rows", ORDERS, "select * from orders")
case(
    "columns",
    Project(input=ORDERS, columns=(n("product"), n("what", c("region")), n("sum", REVENUE))),
    "select product, region, quantity * price from orders",
)
case(
    "distinct_values",
    Distinct(input=Project(input=ORDERS, columns=(n("product"),))),
    "select distinct product from orders",
)
case(
    "sorted_nulls_last",
    Project(
        input=Sort(input=ORDERS, keys=(by("region"), by("amount", descending=True), by("id"))),
        columns=(n("id"), n("region")),
    ),
    "select id, region from orders order by region nulls last, amount desc nulls last, id",
    ordered=True,
)
case(
    "sorted_nulls_first",
    Project(
        input=Sort(
            input=ORDERS,
            keys=(by("region", nulls_first=True), by("price", descending=True, nulls_first=True)),
        ),
        columns=(n("region"), n("price")),
    ),
    "select region, price from orders order by region nulls first, price desc nulls first",
    ordered=True,
)
case(
    "page",
    Limit(input=Sort(input=ORDERS, keys=(by("id"),)), count=3, offset=2),
    "select * from orders order by id limit 3 offset 2",
    ordered=True,
)
case(
    "derived",
    Derive(
        input=Project(input=ORDERS, columns=(n("id"), n("quantity"), n("price"))),
        columns=(n("revenue", REVENUE), n("taxed", op(c("revenue"), "*", k(1.2)))),
    ),
    "select id, quantity, price, quantity * price, quantity * price * 1.2 from orders",
)


def filtered(name: str, predicate: object, sql: str) -> None:
    relation = Project(input=where(ORDERS, predicate), columns=(n("id"),))  # type: ignore[arg-type]
    case(name, relation, f"select id from orders where {sql}")


filtered("number", compare("quantity", ">", 2), "quantity > 2")
filtered("number_as_text", compare("quantity", "=", "3"), "quantity = 3")
filtered("text_column_and_number", compare("product", "=", 5), "product = '5'")
filtered("constant_first", compare(k(2), "<", c("quantity")), "quantity > 2")
filtered("whole_float", compare("quantity", "=", 3.0), "quantity = 3")
filtered("decimal", compare("amount", "=", k("7.50", "decimal")), "amount = 7.50")
filtered("columns_compared", compare(c("quantity"), ">", c("price")), "quantity > price")
filtered("boolean", compare("paid", "=", True), "paid")
filtered("not_boolean", compare("paid", "=", False), "not paid")
filtered("negated_comparison", Not(part=compare("quantity", ">", 2)), "not quantity > 2")
filtered(
    "text_equals", Match(value=c("region"), kind="equals", text="SOUTH"), "region ilike 'south'"
)
filtered(
    "text_differs",
    Not(part=Match(value=c("region"), kind="equals", text="South")),
    "lower(region) <> 'south'",
)
filtered("exact_text", compare("region", "=", "south"), "region = 'south'")
filtered("percent_sign", Match(value=c("product"), kind="contains", text="100%"), "id = 5")
filtered("underscore", Match(value=c("product"), kind="contains", text="_"), "id = 6")
filtered(
    "quotes_and_backslash",
    Match(value=c("product"), kind="starts", text="O'NEIL\\", ignore_case=True),
    "id = 7",
)
filtered(
    "ends_case_sensitive",
    Match(value=c("product"), kind="ends", text="Tea", ignore_case=False),
    "product like '%Tea'",
)
filtered("like", Match(value=c("product"), kind="like", text="m%"), "product ilike 'm%'")
filtered(
    "regex",
    Match(value=c("product"), kind="regex", text="^(tea|cake)$"),
    "product in ('Tea','Cake')",
)
filtered("digits", Match(value=c("id"), kind="contains", text="1"), "id in (1, 10)")
filtered(
    "not_contains",
    Not(part=Match(value=c("product"), kind="contains", text="tea")),
    "product not ilike '%tea%'",
)
filtered("missing", IsNull(value=c("region")), "region is null")
filtered("present", Not(part=IsNull(value=c("region"))), "region is not null")
filtered("between", Between(value=c("quantity"), low=k(2), high=k(3)), "quantity between 2 and 3")
filtered(
    "year_2023",
    Between(value=c("day"), low=day("2023-01-01"), high=day("2024-01-01"), half_open=True),
    "day >= '2023-01-01' and day < '2024-01-01'",
)
filtered(
    "last_day_of_time",
    Between(value=c("time"), low=day("2023-01-31"), high=day("2023-02-01"), half_open=True),
    "id = 2",
)
filtered(
    "since_a_time",
    compare("time", ">=", k("2024-01-01 09:50:00", "timestamp")),
    "time >= timestamptz '2024-01-01 09:50:00+00'",
)
filtered("on_a_day", compare("day", "=", day("2023-01-05")), "day = '2023-01-05'")
filtered(
    "set_of_texts",
    OneOf(value=c("region"), options=(k("North"), k("West"))),
    "region in ('North', 'West')",
)
filtered("set_of_one", OneOf(value=c("quantity"), options=(k(3),)), "quantity = 3")
filtered(
    "set_with_null",
    OneOf(value=c("region"), options=(k("West"), k(None))),
    "region = 'West' or region is null",
)
filtered(
    "not_in_set",
    Not(part=OneOf(value=c("region"), options=(k("North"), k("West")))),
    "region not in ('North', 'West')",
)
filtered(
    "set_of_days",
    OneOf(value=c("day"), options=(day("2023-01-05"), day("2024-02-29"))),
    "day in ('2023-01-05', '2024-02-29')",
)
filtered(
    "and_or",
    AnyOf(
        parts=(
            AllOf(parts=(compare("quantity", ">", 2), compare("region", "=", "North"))),
            compare("price", ">", 5),
        )
    ),
    "(quantity > 2 and region = 'North') or price > 5",
)
filtered(
    "nested_or",
    AllOf(
        parts=(
            AnyOf(parts=(compare("region", "=", "North"), compare("region", "=", "West"))),
            Not(part=AnyOf(parts=(compare("quantity", "=", 5), compare("quantity", "=", 3)))),
        )
    ),
    "region in ('North', 'West') and not (quantity = 5 or quantity = 3)",
)
filtered(
    "weekend",
    OneOf(value=Extract(part="weekday", value=c("day")), options=(k(6), k(7))),
    "isodow(day) >= 6",
)
filtered("weekday", compare(Extract(part="weekday", value=c("day")), "=", 1), "isodow(day) = 1")
filtered(
    "above_average",
    compare(c("price"), ">", AVERAGE_PRICE),
    "price > (select avg(price) from orders)",
)
filtered(
    "above_average_or_big",
    AnyOf(parts=(compare(c("price"), ">", AVERAGE_PRICE), compare("quantity", ">=", 5))),
    "price > (select avg(price) from orders) or quantity >= 5",
)
filtered(
    "windowed_condition",
    compare(c("price"), "=", Windowed(function="max", value=c("price"), partition=(c("region"),))),
    "price = (select max(price) from orders o where o.region is not distinct from orders.region)",
)
