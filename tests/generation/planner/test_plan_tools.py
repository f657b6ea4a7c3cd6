"""Looking at plans and changing them."""

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    AllOf,
    Column,
    Filter,
    InQuery,
    Join,
    Limit,
    Project,
    Relation,
    Scan,
    Sort,
)
from tests.generation.planner.rendering.shop import (
    CUSTOMERS,
    ORDERS,
    agg,
    by,
    c,
    compare,
    group,
    n,
    where,
)

BIG = compare("quantity", ">", 2)
NORTH = compare("region", "=", "North")
MANY = compare("total", ">", 8)


def totals(source: Relation) -> Relation:
    return Limit(
        input=Sort(
            input=where(group(source, n("region"), total=agg("sum", "amount")), MANY),
            keys=(by("total"),),
        ),
        count=3,
    )


def test_walks_into_subqueries_parents_first() -> None:
    member = InQuery(value=c("id"), relation=Project(input=ORDERS, columns=(n("customer_id"),)))
    found = list(plan_tools.walk(where(CUSTOMERS, member)))
    assert isinstance(found[0], Filter)
    assert plan_tools.tables(found[0]) == ("customers", "orders")
    assert [column.name for column in plan_tools.columns_used(found[0])] == ["id", "customer_id"]


def test_transform_shares_what_stays() -> None:
    plan = totals(where(ORDERS, BIG))
    renamed = plan_tools.transform(plan, lambda node: c("sales") if node == c("amount") else node)
    assert c("sales") in plan_tools.columns_used(renamed)
    assert plan_tools.transform(plan, lambda node: node) is plan


def test_transform_leaves_alone_what_it_may_not_enter() -> None:
    plan = totals(ORDERS)
    kept = plan_tools.transform(
        plan,
        lambda node: Column(name="x") if isinstance(node, Column) else node,
        enter=lambda node: not isinstance(node, Aggregate),
    )
    assert plan_tools.aggregate_of(kept) == plan_tools.aggregate_of(plan)
    assert c("x") in plan_tools.columns_used(kept)


def test_the_spine_ends_at_a_table_or_join() -> None:
    join = Join(left=ORDERS, right=CUSTOMERS, on=((c("customer_id"), c("id")),))
    assert plan_tools.base(totals(join)) is join
    assert [type(node) for node in plan_tools.spine(totals(ORDERS))] == [
        Limit, Sort, Filter, Aggregate, Scan,
    ]  # fmt: skip


def test_conditions_of_rows_and_of_groups_are_told_apart() -> None:
    plan = totals(where(where(ORDERS, BIG), NORTH))
    assert plan_tools.row_filters(plan) == (NORTH, BIG)
    assert plan_tools.group_filters(plan) == (MANY,)
    assert plan_tools.group_filters(where(ORDERS, BIG)) == ()
    assert plan_tools.row_filters(where(ORDERS, BIG)) == (BIG,)


def test_conditions_of_rows_can_be_replaced_and_added() -> None:
    plan = totals(where(ORDERS, BIG))
    assert plan_tools.replace_row_filters(plan, [NORTH]) == totals(where(ORDERS, NORTH))
    assert plan_tools.replace_row_filters(plan, []) == totals(ORDERS)
    added = plan_tools.add_row_filter(plan, NORTH)
    assert added == totals(where(ORDERS, AllOf(parts=(BIG, NORTH))))
    assert plan_tools.add_row_filter(ORDERS, BIG) == where(ORDERS, BIG)


def test_conjunctions_are_flat_and_without_repetition() -> None:
    nested = AllOf(parts=(BIG, AllOf(parts=(NORTH, BIG))))
    assert plan_tools.conjunction([nested]) == AllOf(parts=(BIG, NORTH))
    assert plan_tools.conjunction([BIG]) == BIG
    assert plan_tools.conjunction([]) is None


def test_nodes_can_be_taken_off_the_spine() -> None:
    assert plan_tools.without(totals(ORDERS), Sort, Limit, Filter) == group(
        ORDERS, n("region"), total=agg("sum", "amount")
    )
    assert plan_tools.replace_node(totals(ORDERS), ORDERS, CUSTOMERS) == totals(CUSTOMERS)


def test_output_names() -> None:
    assert plan_tools.output_names(totals(ORDERS)) == ("region", "total")
    assert plan_tools.output_names(ORDERS) is None
