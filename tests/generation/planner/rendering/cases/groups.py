"""Groups, the best of them, and windows over them."""

from spark_interpreter.generation.planner.plan import (
    AnyOf,
    Bin,
    Derive,
    Extract,
    IsNull,
    Not,
    Project,
    ScalarQuery,
    Sort,
    TimeUnit,
    Top,
    Truncate,
    Windowed,
)
from tests.generation.planner.rendering.cases.base import BY_REGION, MONTHLY, case, month
from tests.generation.planner.rendering.shop import (
    EMPTY,
    ORDERS,
    agg,
    by,
    c,
    compare,
    group,
    k,
    n,
    op,
    where,
)

case("count", group(ORDERS, count=agg("count")), "select count(*) from orders")
case(
    "aggregates",
    group(
        ORDERS,
        n_rows=agg("count"),
        filled=agg("count", "region"),
        different=agg("count", "region", distinct=True),
        total=agg("sum", "quantity"),
        amount=agg("sum", "amount"),
        mean=agg("avg", "amount"),
        mean_quantity=agg("avg", "quantity"),
        low=agg("min", "day"),
        high=agg("max", "time"),
        middle=agg("median", "amount"),
        p90=agg("percentile", "price", parameter=0.9),
        spread=agg("stddev", "price"),
        variance=agg("variance", "quantity"),
        link=agg("corr", "quantity", other=c("price")),
    ),
    """select count(*), count(region), count(distinct region), sum(quantity), sum(amount),
              avg(amount), avg(quantity), min(day), max(time), median(amount::double),
              quantile_cont(price, 0.9), stddev(price), variance(quantity), corr(quantity, price)
       from orders""",
)
case(
    "distinct_aggregates",
    group(
        ORDERS,
        total=agg("sum", "quantity", distinct=True),
        mean=agg("avg", "quantity", distinct=True),
        pairs=agg("count", "region", distinct=True, other=c("product")),
        regions=agg("collect_set", "region"),
        some=agg("first", "price", where=compare("id", "=", 1)),
        common=agg("mode", "region"),
    ),
    """select sum(distinct quantity), avg(distinct quantity),
              (select count(*) from (select distinct region, product from orders
                                     where region is not null and product is not null)),
              list_sort(list(distinct region) filter (region is not null)), 2.5, 'North'
       from orders""",
)
case(
    "conditional_aggregates",
    group(
        ORDERS,
        n("region"),
        paid=agg("count", where=compare("paid", "=", True)),
        paid_amount=agg("sum", "amount", where=compare("paid", "=", True)),
        paid_mean=agg("avg", "amount", where=compare("paid", "=", True)),
        share=agg("avg", "paid"),
        paid_products=agg("count", "product", distinct=True, where=compare("paid", "=", True)),
    ),
    """select region, count(*) filter (paid), sum(amount) filter (paid), avg(amount) filter (paid),
              avg(paid::int), count(distinct product) filter (paid) from orders group by region""",
)
case(
    "of_nothing",
    group(EMPTY, rows=agg("count"), total=agg("sum", "n"), middle=agg("median", "n")),
    "select count(*), sum(n), median(n) from empty",
)
case(
    "count_by",
    group(ORDERS, n("region"), count=agg("count")),
    "select region, count(*) from orders group by 1",
)
case(
    "keys_only",
    group(ORDERS, n("region"), n("product")),
    "select distinct region, product from orders",
)
case(
    "key_named_like_a_column",
    group(ORDERS, n("day", month()), n=agg("count")),
    "select date_trunc('month', day)::date, count(*) from orders group by 1",
)
case(
    "by_month",
    Sort(input=MONTHLY, keys=(by("month"),)),
    """select date_trunc('month', day)::date m, sum(quantity * price) from orders
       group by 1 order by m nulls last""",
    ordered=True,
)
case(
    "ratio_of_sums",
    group(
        ORDERS,
        n("region"),
        price=op(agg("sum", "amount"), "/", agg("sum", "quantity")),
    ),
    "select region, sum(amount)::double / nullif(sum(quantity), 0) from orders group by 1",
)
case(
    "having",
    where(BY_REGION, compare("total", ">", 8)),
    "select region, sum(amount) t from orders group by 1 having t > 8",
)
case(
    "groups_above_their_average",
    where(
        BY_REGION,
        compare(
            c("total"), ">", ScalarQuery(relation=group(BY_REGION, average=agg("avg", "total")))
        ),
    ),
    """with t as (select region, sum(amount) total from orders group by 1)
       select * from t where total > (select avg(total) from t)""",
)
case(
    "share_in_aggregate",
    group(
        where(ORDERS, compare("region", "=", "North")),
        share=op(
            agg("count"),
            "/",
            ScalarQuery(relation=group(ORDERS, all_orders=agg("count"))),
        ),
    ),
    "select count(*) filter (region = 'North') / count(*) from orders",
)
case(
    "by_weekday",
    Sort(
        input=group(
            ORDERS, n("weekday", Extract(part="weekday_name", value=c("day"))), n=agg("count")
        ),
        keys=(by("weekday"),),
    ),
    """select dayname(day), count(*) from orders group by 1
       order by min(isodow(day)) nulls last""",
    ordered=True,
)
case(
    "derived_month_name",
    Project(
        input=Sort(
            input=Derive(
                input=where(ORDERS, Not(part=IsNull(value=c("day")))),
                columns=(n("name", Extract(part="month_name", value=c("day"))),),
            ),
            keys=(by("name"), by("id")),
        ),
        columns=(n("id"), n("name")),
    ),
    "select id, monthname(day) from orders where day is not null order by month(day), id",
    ordered=True,
)
case(
    "histogram",
    Sort(
        input=group(ORDERS, n("from", Bin(value=c("price"), width=2)), n=agg("count")),
        keys=(by("from"),),
    ),
    "select floor(price / 2) * 2 f, count(*) from orders group by 1 order by f nulls last",
    ordered=True,
)
case(
    "fine_histogram",
    Sort(
        input=group(
            ORDERS, n("from", Bin(value=c("amount"), width=0.5, start=0.1)), n=agg("count")
        ),
        keys=(by("from"),),
    ),
    """select round(floor((amount::double - 0.1) / 0.5) * 0.5 + 0.1, 1) f, count(*)
       from orders group by 1 order by f nulls last""",
    ordered=True,
)


case(
    "top_regions",
    Top(input=BY_REGION, count=2, order=(by("total", descending=True), by("region"))),
    "select region, sum(amount) t from orders group by 1 order by t desc nulls last limit 2",
    ordered=True,
)
case(
    "cheapest_skips_nulls",
    Project(input=Top(input=ORDERS, count=2, order=(by("price"), by("id"))), columns=(n("id"),)),
    "select id from orders order by price nulls last, id limit 2",
    ordered=True,
)
case(
    "top_with_ties",
    Project(
        input=Top(input=ORDERS, count=2, order=(by("quantity", descending=True),), ties=True),
        columns=(n("id"), n("quantity")),
    ),
    "select id, quantity from orders where quantity >= 4",
)
case(
    "top_with_ties_at_the_end",
    Project(
        input=Top(input=ORDERS, count=3, order=(by("quantity", descending=True),), ties=True),
        columns=(n("id"),),
    ),
    "select id from orders where quantity >= 3",
)
case(
    "best_of_each",
    Top(
        input=group(ORDERS, n("region"), n("product"), sold=agg("sum", "quantity")),
        count=1,
        order=(by("sold", descending=True), by("product")),
        partition=(c("region"),),
    ),
    """select region, product, sold from (
         select region, product, sum(quantity) sold, row_number() over (
           partition by region order by sum(quantity) desc nulls last, product) r
         from orders group by 1, 2) where r = 1 order by region nulls last""",
    ordered=True,
)
case(
    "count_of_top",
    group(
        Top(input=ORDERS, count=1, order=(by("price", descending=True),), partition=(c("region"),)),
        n=agg("count"),
        best=agg("sum", "price"),
    ),
    "select count(*), sum(m) from (select max(price) m from orders group by region)",
)
case(
    "share_of_total",
    Derive(
        input=BY_REGION,
        columns=(n("share", op(c("total"), "/", Windowed(function="sum", value=c("total")))),),
    ),
    """select region, sum(amount), sum(amount)::double / (select sum(amount) from orders)
       from orders group by 1""",
)
case(
    "growth",
    Sort(
        input=Derive(
            input=MONTHLY,
            columns=(
                n("before", Windowed(function="lag", value=c("revenue"), order=(by("month"),))),
                n("growth", op(op(c("revenue"), "-", c("before")), "/", c("before"))),
                n(
                    "next",
                    Windowed(function="lead", value=c("revenue"), order=(by("month"),), offset=2),
                ),
            ),
        ),
        keys=(by("month"),),
    ),
    """with m as (select date_trunc('month', day)::date m, sum(quantity * price) r
                  from orders group by 1)
       select m, r, lag(r) over w, (r - lag(r) over w) / nullif(lag(r) over w, 0), lead(r, 2) over w
       from m window w as (order by m nulls last) order by m nulls last""",
    ordered=True,
)


def _before(unit: TimeUnit, periods: int) -> Windowed:
    return Windowed(
        function="max", value=c("revenue"), order=(by("month"),), frame=(-periods, -periods),
        unit=unit,
    )  # fmt: skip


case(
    "periods_before",
    Derive(
        input=MONTHLY,
        columns=(
            n("month_before", _before("month", 1)),
            n("year_before", _before("month", 12)),
            n("weeks_before", _before("week", 5)),
            n("day_before", _before("day", 31)),
            n("hours_before", _before("hour", 24 * 31)),
            n(
                "smooth",
                Windowed(
                    function="avg",
                    value=c("revenue"),
                    order=(by("month"),),
                    frame=(-2, 0),
                    unit="month",
                ),
            ),
        ),
    ),
    """with m as (select date_trunc('month', day)::date m, sum(quantity * price) r
                  from orders group by 1)
       select m, r, (select r from m b where b.m = a.m - interval 1 month),
         (select r from m b where b.m = a.m - interval 12 month),
         (select r from m b where b.m = a.m - interval 35 day),
         (select r from m b where b.m = a.m - interval 31 day),
         (select r from m b where b.m = a.m - interval 31 day),
         coalesce((select avg(r) from m b where b.m between a.m - interval 2 month and a.m), r)
       from m a""",
)
case(
    "years_and_quarters_before",
    Derive(
        input=group(
            ORDERS,
            n("month", Truncate(unit="quarter", value=c("day"))),
            n("year", Extract(part="year", value=c("day"))),
            revenue=agg("count"),
        ),
        columns=(
            n("quarter_before", _before("quarter", 1)),
            n(
                "years",
                Windowed(
                    function="sum",
                    value=c("revenue"),
                    order=(by("year"),),
                    frame=(-1, -1),
                    unit="year",
                ),
            ),
        ),
    ),
    """with m as (select date_trunc('quarter', day)::date m, year(day) y, count(*) r
                  from orders group by 1, 2)
       select m, y, r, (select r from m b where b.m = a.m - interval 3 month),
         (select sum(r) from m b where b.y = a.y - 1)
       from m a""",
)
case(
    "running_and_moving",
    Sort(
        input=Derive(
            input=MONTHLY,
            columns=(
                n(
                    "so_far",
                    Windowed(
                        function="sum", value=c("revenue"), order=(by("month"),), frame=(None, 0)
                    ),
                ),
                n(
                    "smooth",
                    Windowed(
                        function="avg", value=c("revenue"), order=(by("month"),), frame=(-2, 0)
                    ),
                ),
                n("all_months", Windowed(function="count")),
                n(
                    "place",
                    Windowed(function="dense_rank", order=(by("revenue", descending=True),)),
                ),
            ),
        ),
        keys=(by("month"),),
    ),
    """with m as (select date_trunc('month', day)::date m, sum(quantity * price) r
                  from orders group by 1)
       select m, r, sum(r) over (order by m nulls last rows unbounded preceding),
              avg(r) over (order by m nulls last rows 2 preceding), count(*) over (),
              dense_rank() over (order by r desc nulls last)
       from m order by m nulls last""",
    ordered=True,
)
case(
    "differences_within_groups",
    Sort(
        input=Derive(
            input=Project(input=ORDERS, columns=(n("region"), n("id"), n("price"))),
            columns=(
                n(
                    "change",
                    op(
                        c("price"),
                        "-",
                        Windowed(
                            function="lag",
                            value=c("price"),
                            partition=(c("region"),),
                            order=(by("id"),),
                        ),
                    ),
                ),
            ),
        ),
        keys=(by("id"),),
    ),
    """select region, id, price, price - lag(price) over (partition by region order by id)
       from orders order by id""",
    ordered=True,
)

QUARTILES = [
    ScalarQuery(relation=group(ORDERS, quartile=agg("percentile", "price", parameter=fraction)))
    for fraction in (0.25, 0.75)
]
REACH = op(k(1.5), "*", op(QUARTILES[1], "-", QUARTILES[0]))
case(
    "outliers",
    where(
        ORDERS,
        AnyOf(
            parts=(
                compare(c("price"), "<", op(QUARTILES[0], "-", REACH)),
                compare(c("price"), ">", op(QUARTILES[1], "+", REACH)),
            )
        ),
    ),
    """with q as (select quantile_cont(price, 0.25) a, quantile_cont(price, 0.75) b from orders)
       select orders.* from orders, q
       where price < a - 1.5 * (b - a) or price > b + 1.5 * (b - a)""",
)
