"""The plan as data."""

import pytest
from pydantic import ValidationError

from spark_interpreter.generation.planner.plan import Plan, Scan, Sort
from tests.generation.planner.rendering.shop import ORDERS, by


def test_nodes_are_told_apart_by_their_name() -> None:
    plan = Plan(relation=Sort(input=ORDERS, keys=(by("id"),)), ordered=True)
    data = plan.model_dump(mode="json")
    assert data["relation"]["input"] == {"node": "scan", "table": "orders", "alias": None}
    assert Plan.model_validate(data) == plan
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize(
    "relation",
    [{"node": "nothing"}, {"table": "orders"}, "orders", None, {"node": "scan", "tabel": "orders"}],
)
def test_what_is_no_relation_is_refused(relation: object) -> None:
    with pytest.raises(ValidationError):
        Plan.model_validate({"relation": relation})


def test_an_expression_is_no_relation() -> None:
    with pytest.raises(ValidationError, match="a node of one of"):
        Plan.model_validate({"relation": {"node": "column", "name": "id"}})
    assert Plan(relation=Scan(table="orders")).relation == ORDERS
