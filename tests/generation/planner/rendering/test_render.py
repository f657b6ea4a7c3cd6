"""Programs of plans: how they read (snapshots) and what they answer (DuckDB says the same)."""

import ast
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.rendering import output_columns, render
from tests.generation.planner.rendering.cases import CASES
from tests.generation.planner.rendering.shop import PROFILES, TABLES

SNAPSHOTS = Path(__file__).parents[3] / "snapshots" / "rendering"


@pytest.fixture(scope="module")
def oracle() -> Iterator[Any]:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for name, table in TABLES.items():
        connection.register(name, table)
    yield connection
    connection.close()


@pytest.mark.parametrize("name", CASES)
def test_reads_like_the_snapshot(name: str, update_snapshots: bool) -> None:
    code = render(CASES[name].plan, PROFILES) + "\n"
    ast.parse(code)
    path = SNAPSHOTS / f"{name}.py"
    if update_snapshots:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    assert code == path.read_text(encoding="utf-8")


def test_every_snapshot_has_a_case() -> None:
    assert {path.stem for path in SNAPSHOTS.glob("*.py")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_answers_like_sql(name: str, run: Callable[[Plan], Any], oracle: Any) -> None:
    case = CASES[name]
    table = run(case.plan)
    names = [column.lower() for column in table.column_names]
    assert len(set(names)) == len(names)
    actual = [tuple(map(plain, row.values())) for row in table.to_pylist()]
    expected = [tuple(map(plain, row)) for row in oracle.execute(case.sql).fetchall()]
    if not case.ordered:
        actual, expected = sorted(actual, key=repr), sorted(expected, key=repr)
    assert actual == [tuple(map(close, row)) for row in expected]


@pytest.mark.parametrize("name", CASES)
def test_says_its_columns_beforehand(name: str, run: Callable[[Plan], Any]) -> None:
    plan = CASES[name].plan
    assert [c.name for c in output_columns(plan, PROFILES)] == run(plan).column_names


@pytest.mark.parametrize("name", CASES)
def test_plans_survive_json(name: str) -> None:
    plan = CASES[name].plan
    assert Plan.model_validate(plan.model_dump(mode="json")) == plan


def plain(value: Any) -> Any:
    """Numbers of all kinds as one, so that 1, 1.0 and 1.00 are the same answer."""
    if isinstance(value, bool | None | str):
        return value
    if isinstance(value, int | float | Decimal):
        return None if math.isnan(value) else round(float(value), 9) + 0.0
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat()


def close(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
