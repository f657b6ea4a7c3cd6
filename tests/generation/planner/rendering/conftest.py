import warnings
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from spark_interpreter.generation.planner.plan import Plan
from spark_interpreter.generation.planner.rendering import render
from tests.generation.planner.rendering.shop import PROFILES, TABLES


@pytest.fixture(scope="session")
def spark(engine: None) -> Any:
    """A session of the embedded engine, with the settings every script has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        return (
            SparkSession.builder.config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.ansi.enabled", "true")
            .getOrCreate()
        )


@pytest.fixture(scope="session")
def namespace(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the analysis part of a script may use."""
    from pyspark.sql import Window, functions as F, types as T

    folder = tmp_path_factory.mktemp("shop")
    frames = {}
    for name, table in TABLES.items():
        pq.write_table(table, folder / f"{name}.parquet")
        frames[name] = spark.read.parquet(str(folder / f"{name}.parquet"))
    return {"spark": spark, "F": F, "Window": Window, "T": T, **frames}


@pytest.fixture(scope="session")
def run(namespace: dict[str, Any]) -> Callable[[Plan], Any]:
    """Runs a plan's program and gives its `result` as an Arrow table."""

    def run_plan(plan: Plan) -> Any:
        scope = dict(namespace)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(render(plan, PROFILES), scope)
            return scope["result"].toArrow()

    return run_plan
