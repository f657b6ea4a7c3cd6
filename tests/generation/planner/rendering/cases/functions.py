"""Functions of text, numbers and dates."""

from spark_interpreter.generation.planner.plan import (
    Call,
    Case,
    Extract,
    Project,
    Scan,
    Truncate,
)
from tests.generation.planner.rendering.cases.base import case
from tests.generation.planner.rendering.shop import (
    ORDERS,
    c,
    compare,
    day,
    k,
    n,
    op,
    where,
)

case(
    "text_functions",
    Project(
        input=ORDERS,
        columns=(
            n("low", Call(name="lower", args=(c("product"),))),
            n("up", Call(name="upper", args=(c("product"),))),
            n("size", Call(name="length", args=(c("product"),))),
            n("words", Call(name="word_count", args=(c("product"),))),
            n("start", Call(name="substring", args=(c("product"), k(1), k(2)))),
            n("label", Call(name="concat", args=(c("product"), k(" "), c("id")))),
            n("region", Call(name="coalesce", args=(c("region"), k("-")))),
        ),
    ),
    """select lower(product), upper(product), length(product),
              len(string_split(product, ' ')), product[1:2], product || ' ' || id,
              coalesce(region, '-') from orders""",
)
case(
    "number_functions",
    Project(
        input=ORDERS,
        columns=(
            n("rounded", Call(name="round", args=(c("price"), k(0)))),
            n("down", Call(name="floor", args=(c("price"),))),
            n("up", Call(name="ceil", args=(c("price"),))),
            n("root", Call(name="sqrt", args=(c("quantity"),))),
            n("size", Call(name="abs", args=(op(c("quantity"), "-", k(4)),))),
            n("rest", op(c("quantity"), "%", k(2))),
        ),
    ),
    """select round(price, 0), floor(price), ceil(price), sqrt(quantity), abs(quantity - 4),
              quantity % 2 from orders""",
)
case(
    "date_functions",
    Project(
        input=where(ORDERS, compare("day", "<", day("2024-03-01"))),
        columns=(
            n("id"),
            n("days", Call(name="day_diff", args=(day("2024-03-01"), c("day")))),
            n("years", Call(name="year_diff", args=(day("2024-03-01"), c("day")))),
            n("hours", Call(name="hour_diff", args=(c("time"), c("day")))),
            n("date", Call(name="cast_date", args=(c("time"),))),
        ),
    ),
    """select id, date_diff('day', day, date '2024-03-01'),
              floor(datesub('month', day, date '2024-03-01') / 12),
              epoch(timezone('UTC', time) - day::timestamp) / 3600, timezone('UTC', time)::date
       from orders where day < '2024-03-01'""",
)
case(
    "casts",
    Project(
        input=ORDERS,
        columns=(
            n("text", Call(name="cast_string", args=(c("quantity"),))),
            n("number", Call(name="cast_double", args=(c("amount"),))),
        ),
    ),
    "select quantity::text, amount::double from orders",
)
case(
    "buckets",
    Project(
        input=ORDERS,
        columns=tuple(
            n(unit, Truncate(unit=unit, value=c("time")))
            for unit in ("year", "quarter", "month", "week", "day", "hour", "minute")
        ),
    ),
    """select date_trunc('year', t)::date, date_trunc('quarter', t)::date,
              date_trunc('month', t)::date, date_trunc('week', t)::date,
              date_trunc('day', t)::date, date_trunc('hour', time), date_trunc('minute', time)
       from (select time, timezone('UTC', time) as t from orders)""",
)
case(
    "date_buckets",
    Project(
        input=ORDERS,
        columns=tuple(
            n(unit, Truncate(unit=unit, value=c("day")))
            for unit in ("year", "quarter", "month", "week", "day")
        ),
    ),
    """select date_trunc('year', day)::date, date_trunc('quarter', day)::date,
              date_trunc('month', day)::date, date_trunc('week', day)::date, day from orders""",
)
case(
    "date_parts",
    Project(
        input=ORDERS,
        columns=tuple(
            n(f"the_{part}", Extract(part=part, value=c("time")))
            for part in (
                "year", "quarter", "month", "month_name", "week", "day", "weekday",
                "weekday_name", "hour", "minute", "date",
            )
        ),
    ),
    """select year(t), quarter(t), month(t), monthname(t), week(t), day(t), isodow(t), dayname(t),
              hour(t), minute(t), t::date
       from (select timezone('UTC', time) as t from orders)""",
)  # fmt: skip
case(
    "case_when",
    Project(
        input=ORDERS,
        columns=(
            n(
                "size",
                Case(
                    whens=(
                        (compare("quantity", ">=", 4), k("large")),
                        (compare("quantity", ">=", 2), k("middle")),
                    ),
                    otherwise=k("small"),
                ),
            ),
            n("bonus", Case(whens=((compare("quantity", ">", 3), k(1)),), otherwise=k(0.5))),
            n("maybe", Case(whens=((compare("quantity", ">", 3), c("price")),))),
        ),
    ),
    """select case when quantity >= 4 then 'large' when quantity >= 2 then 'middle'
                   else 'small' end,
              case when quantity > 3 then 1 else 0.5 end, case when quantity > 3 then price end
       from orders""",
)
case(
    "division",
    Project(
        input=ORDERS,
        columns=(
            n("each", op(c("amount"), "/", c("quantity"))),
            n("per_amount", op(c("quantity"), "/", c("amount"))),
            n("ratio", op(c("amount"), "/", c("amount"))),
            n("half", op(c("quantity"), "/", k(2))),
            n("rest", op(c("id"), "%", c("quantity"))),
        ),
    ),
    """select amount::double / nullif(quantity, 0), quantity / nullif(amount::double, 0),
              amount / nullif(amount, 0), quantity / 2, id % nullif(quantity, 0) from orders""",
)
case(
    "large_products",
    Project(
        input=Scan(table="big"),
        columns=(
            n("square", op(c("n"), "*", c("n"))),
            n("double", op(c("n"), "*", k(2))),
            n("more", op(op(c("n"), "+", c("n")), "+", c("n"))),
        ),
    ),
    "select n::bigint * n, n::bigint * 2, n::bigint + n + n from big",
)
