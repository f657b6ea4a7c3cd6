"""What a case is, and the relations several of them start from."""

from dataclasses import dataclass

from spark_interpreter.generation.planner.plan import (
    Plan,
    Relation,
    ScalarQuery,
    Truncate,
)
from tests.generation.planner.rendering.shop import (
    ORDERS,
    REVENUE,
    agg,
    c,
    group,
    n,
)


@dataclass(frozen=True)
class Example:
    """A relation, the SQL of the same question, and whether the order of rows counts."""

    relation: Relation
    sql: str
    ordered: bool = False

    @property
    def plan(self) -> Plan:
        return Plan(relation=self.relation, ordered=self.ordered)


CASES: dict[str, Example] = {}


def case(name: str, relation: Relation, sql: str, *, ordered: bool = False) -> None:
    """Add a case."""
    CASES[name] = Example(relation, sql, ordered)


def month() -> Truncate:
    return Truncate(unit="month", value=c("day"))


MONTHLY = group(ORDERS, n("month", month()), revenue=agg("sum", REVENUE))
BY_REGION = group(ORDERS, n("region"), total=agg("sum", "amount"))
AVERAGE_PRICE = ScalarQuery(relation=group(ORDERS, average_price=agg("avg", "price")))
