"""Joins, subqueries and set operations."""

from spark_interpreter.generation.planner.plan import (
    AnyOf,
    Distinct,
    Exists,
    InQuery,
    IsNull,
    Join,
    Limit,
    Match,
    Not,
    Project,
    ScalarQuery,
    Scan,
    SetOperation,
    Sort,
)
from tests.generation.planner.rendering.cases.base import case
from tests.generation.planner.rendering.shop import (
    CUSTOMERS,
    ORDERS,
    RETURNS,
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

ORDERS_CUSTOMERS = Join(
    left=ORDERS, right=CUSTOMERS, on=((c("customer_id"), c("id", "customers")),)
)

case(
    "join_with_equal_names",
    Sort(
        input=group(
            ORDERS_CUSTOMERS, n("region", c("region", "customers")), total=agg("sum", "amount")
        ),
        keys=(by("total", descending=True),),
    ),
    """select cu.region, sum(amount) t from orders o join customers cu on o.customer_id = cu.id
       group by 1 order by t desc""",
    ordered=True,
)
case(
    "join_of_everything",
    Join(left=ORDERS, right=CUSTOMERS, on=((c("customer_id"), c("id")),), how="left"),
    "select * from orders o left join customers cu on o.customer_id = cu.id",
)
case(
    "join_on_one_name",
    Project(
        input=Join(left=ORDERS, right=RETURNS, on=((c("id"), c("id")),)),
        columns=(n("id"), n("product"), n("reason")),
    ),
    "select id, product, reason from orders join returns using (id)",
)
case(
    "unmatched_rows",
    Project(
        input=where(
            Join(
                left=ORDERS,
                right=RETURNS,
                on=((c("id", "orders"), c("id", "returns")),),
                how="left",
            ),
            IsNull(value=c("id", "returns")),
        ),
        columns=(n("id", c("id", "orders")),),
    ),
    "select id from orders where id not in (2, 4)",
)
case(
    "three_tables",
    Sort(
        input=group(
            Join(
                left=ORDERS_CUSTOMERS, right=RETURNS, on=((c("id", "orders"), c("id", "returns")),)
            ),
            n("name"),
            n("reason"),
            n=agg("count"),
        ),
        keys=(by("name"),),
    ),
    """select name, reason, count(*) from orders o join customers cu on o.customer_id = cu.id
       join returns r on r.id = o.id group by 1, 2 order by 1""",
    ordered=True,
)
case(
    "self_join",
    Project(
        input=Join(
            left=Scan(table="customers", alias="person"),
            right=Scan(table="customers", alias="boss"),
            on=((c("boss_id", "person"), c("id", "boss")),),
        ),
        columns=(n("name", c("name", "person")), n("boss", c("name", "boss"))),
    ),
    "select p.name, b.name from customers p join customers b on p.boss_id = b.id",
)
case(
    "join_with_groups",
    Project(
        input=Join(
            left=CUSTOMERS,
            right=group(ORDERS, n("customer_id"), orders=agg("count")),
            on=((c("id"), c("customer_id")),),
            how="left",
        ),
        columns=(n("name"), n("orders")),
    ),
    """select name, n from customers left join
       (select customer_id, count(*) n from orders group by 1) t on t.customer_id = id""",
)
case(
    "filtered_sides",
    Project(
        input=Join(
            left=where(ORDERS, compare("quantity", ">", 1)),
            right=where(CUSTOMERS, compare("region", "=", "South")),
            on=((c("customer_id"), c("id")),),
        ),
        columns=(n("id", c("id", "orders")), n("name")),
    ),
    """select o.id, name from orders o join customers cu on o.customer_id = cu.id
       where quantity > 1 and cu.region = 'South'""",
)
case(
    "cross",
    group(Join(left=CUSTOMERS, right=RETURNS, on=(), how="cross"), n=agg("count")),
    "select count(*) from customers, returns",
)
case(
    "semi_join",
    Join(left=CUSTOMERS, right=ORDERS, on=((c("id"), c("customer_id")),), how="semi"),
    "select * from customers where id in (select customer_id from orders)",
)
case(
    "anti_join",
    Join(left=ORDERS, right=RETURNS, on=((c("id"), c("id")),), how="anti"),
    "select * from orders where id not in (select id from returns)",
)
case(
    "never_ordered",
    Project(
        input=where(
            CUSTOMERS,
            InQuery(
                value=c("id"),
                relation=Project(input=ORDERS, columns=(n("customer_id"),)),
                negated=True,
            ),
        ),
        columns=(n("name"),),
    ),
    """select name from customers where not exists
       (select 1 from orders where customer_id = customers.id)""",
)
case(
    "in_filtered_query",
    where(
        CUSTOMERS,
        InQuery(
            value=c("id"),
            relation=Distinct(
                input=Project(
                    input=where(
                        where(ORDERS, compare("quantity", ">", 1)),
                        Match(value=c("product"), kind="contains", text="tea"),
                    ),
                    columns=(n("customer_id"),),
                )
            ),
        ),
    ),
    """select * from customers where id in
       (select customer_id from orders where quantity > 1 and product ilike '%tea%')""",
)
case(
    "in_query_or",
    where(
        ORDERS,
        AnyOf(
            parts=(
                InQuery(value=c("id"), relation=Project(input=RETURNS, columns=(n("id"),))),
                compare("quantity", ">", 4),
            )
        ),
    ),
    "select * from orders where id in (select id from returns) or quantity > 4",
)
case(
    "in_query_of_expression",
    Project(
        input=where(
            ORDERS,
            Not(
                part=InQuery(
                    value=op(c("id"), "-", k(1)),
                    relation=Project(input=RETURNS, columns=(n("id"),)),
                )
            ),
        ),
        columns=(n("id"),),
    ),
    "select id from orders where id - 1 not in (select id from returns)",
)
case(
    "exists",
    Project(
        input=where(
            CUSTOMERS, Exists(relation=ORDERS, on=(("id", "customer_id"), ("region", "region")))
        ),
        columns=(n("name"),),
    ),
    """select name from customers cu where exists
       (select 1 from orders o where o.customer_id = cu.id and o.region = cu.region)""",
)
case(
    "in_query_after_join",
    Project(
        input=where(
            ORDERS_CUSTOMERS,
            InQuery(value=c("id", "orders"), relation=Project(input=RETURNS, columns=(n("id"),))),
        ),
        columns=(n("name"), n("id", c("id", "orders"))),
    ),
    """select name, o.id from orders o join customers cu on o.customer_id = cu.id
       where o.id in (select id from returns)""",
)
for operation, word in (
    ("union", "union"),
    ("union_all", "union all"),
    ("intersect", "intersect"),
    ("except", "except"),
):
    case(
        operation,
        SetOperation(
            op=operation,
            left=Project(input=where(ORDERS, compare("quantity", ">", 1)), columns=(n("region"),)),
            right=Project(input=CUSTOMERS, columns=(n("region"),)),
        ),
        f"select region from orders where quantity > 1 {word} select region from customers",
    )
case(
    "share_of_one_group",
    Project(
        input=Limit(input=ORDERS, count=1),
        columns=(
            n(
                "share",
                op(
                    ScalarQuery(
                        relation=group(
                            where(ORDERS, compare("region", "=", "North")), n=agg("sum", "amount")
                        )
                    ),
                    "/",
                    ScalarQuery(relation=group(ORDERS, n=agg("sum", "amount"))),
                ),
            ),
        ),
    ),
    "select sum(amount) filter (region = 'North')::double / sum(amount) from orders",
)
