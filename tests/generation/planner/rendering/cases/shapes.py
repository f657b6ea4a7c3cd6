"""Pivots, reports on columns, and awkward names."""

from spark_interpreter.generation.planner.plan import (
    ColumnReport,
    Extract,
    Pivot,
    Project,
    Sort,
)
from tests.generation.planner.rendering.cases.base import case
from tests.generation.planner.rendering.shop import (
    CUSTOMERS,
    ODD,
    ORDERS,
    agg,
    by,
    c,
    compare,
    group,
    n,
    where,
)

case(
    "pivot",
    Sort(
        input=Pivot(
            input=ORDERS,
            keys=(n("product"),),
            column=n("region"),
            values=("North", "South"),
            measure=n("total", agg("sum", "amount")),
        ),
        keys=(by("product"),),
    ),
    """select product, sum(amount) filter (region = 'North'), sum(amount) filter (region = 'South')
       from orders group by 1 order by 1 nulls last""",
    ordered=True,
)
case(
    "pivot_of_counts",
    Sort(
        input=Pivot(
            input=ORDERS,
            keys=(n("month", Extract(part="month_name", value=c("day"))),),
            column=n("year", Extract(part="year", value=c("day"))),
            values=(2023, 2024),
            measure=n("n", agg("count")),
        ),
        keys=(by("month"),),
    ),
    """select monthname(day), count(*) filter (year(day) = 2023), count(*) filter (year(day) = 2024)
       from orders group by month(day), 1 order by month(day) nulls last""",
    ordered=True,
)
case(
    "missing_values",
    Sort(
        input=ColumnReport(
            input=ORDERS,
            kind="missing",
            columns=("id", "customer_id", "product", "region", "paid"),
        ),
        keys=(by("missing", descending=True), by("column")),
    ),
    """select * from (values ('customer_id', 1, 0.1), ('paid', 1, 0.1), ('product', 1, 0.1),
       ('region', 1, 0.1), ('id', 0, 0.0))""",
    ordered=True,
)
case(
    "overview",
    ColumnReport(input=CUSTOMERS, kind="overview", columns=("id", "name", "region", "boss_id")),
    """select * from (values ('id', 'int', 4, 4, '1', '5', 2.75),
       ('name', 'string', 4, 4, 'Ann', 'Dan', null),
       ('region', 'string', 3, 2, 'North', 'South', null),
       ('boss_id', 'int', 3, 2, '1', '2', 4 / 3))""",
    ordered=True,
)
case(
    "missing_values_of_odd_names",
    ColumnReport(
        input=ODD, kind="missing", columns=("a.b", "with space", 'q"uo`te', "class", "größe", "F")
    ),
    """select * from (values ('a.b', 1, 1 / 3), ('with space', 0, 0), ('q"uo`te', 0, 0),
       ('class', 0, 0), ('größe', 0, 0), ('F', 0, 0))""",
    ordered=True,
)


case(
    "odd_names",
    Sort(
        input=group(
            where(ODD, compare('q"uo`te', ">", 1)),
            n("with space"),
            **{
                "sum of größe": agg("sum", "größe"),
                "a.b": agg("max", "a.b"),
                "class": agg("min", "class"),
            },
        ),
        keys=(by("a.b"),),
    ),
    """select "with space", sum("größe"), max("a.b") m, min("class") from odd
       group by 1 order by m""",
    ordered=True,
)
case(
    "odd_names_as_they_are",
    Project(input=ODD, columns=(n("a.b"), n('q"uo`te'), n("F"), n("new.name", c("class")))),
    'select "a.b", "q""uo`te", "F", "class" from odd',
)
case(
    "equal_output_names",
    Project(input=ORDERS, columns=(n("id"), n("ID", c("quantity")))),
    "select id, quantity from orders",
)
