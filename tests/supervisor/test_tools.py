"""The steps of the workflow, called one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_interpreter import Interpreter, Settings
from spark_interpreter.errors import NotFound, PlacementError, UsageError
from spark_interpreter.supervisor.tools import (
    TOOLS,
    CodeRequest,
    LogsRequest,
    PlacementRequest,
    ScriptRequest,
    Tools,
    tool_named,
)

SCRIPT = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
print("working")
result = spark.range(250).withColumn("twice", F.col("id") * 2)
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    home = tmp_path_factory.mktemp("tools")
    with Interpreter(Settings(data_dir=home / "data", cache_dir=home / "cache")) as spark:
        yield spark.tools


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    path.write_text("region,amount\nNorth,1\nSouth,2\nNorth,3\n")
    return str(path)


def test_the_steps_lead_from_a_question_to_logs(tools: Tools, orders: str) -> None:
    code = tools.call_code_generation_agent(
        CodeRequest(question="total amount by region", sources=(orders,))
    )
    assert code.finished
    assert code.error is None
    assert code.draft is not None
    assert code.spark_code is not None
    assert "groupBy" in code.spark_code

    script = ScriptRequest(spark_code=code.spark_code, session_id=code.session_id)
    checked = tools.validate_spark_code(script)
    assert checked.ok
    assert [column.name for column in checked.columns] == ["region", "total_amount"]

    placement = tools.select_execution_platform(PlacementRequest(sources=(orders,)))
    assert placement.platform == "local"
    assert placement.reasons

    run = tools.execute_spark_code_local(script)
    assert run.run is not None
    assert run.run.state == "succeeded"
    assert sorted(run.rows) == [("North", 4), ("South", 2)]
    assert (run.row_count, run.truncated) == (2, False)
    assert run.session_id == code.session_id

    logs = tools.extract_execution_logs(LogsRequest(session_id=run.session_id, turn=run.turn))
    assert logs.stdout == ""


def test_a_long_result_says_that_it_is_cut(tools: Tools) -> None:
    run = tools.execute_spark_code_local(ScriptRequest(spark_code=SCRIPT))
    assert (len(run.rows), run.row_count, run.truncated) == (100, 250, True)
    logs = tools.extract_execution_logs(LogsRequest(session_id=run.session_id, turn=run.turn))
    assert logs.stdout == "working\n"


def test_what_may_not_run_is_refused_by_every_tool(tools: Tools) -> None:
    script = ScriptRequest(spark_code="import os\nresult = os.system('true')\n")
    checked = tools.validate_spark_code(script)
    assert not checked.ok
    assert checked.findings[0].rule == "import-not-allowed"
    run = tools.execute_spark_code_local(script)
    assert (run.state, run.run, run.row_count) == ("refused", None, None)
    assert run.error is not None
    assert run.error.code == "validation"


def test_a_question_without_an_answer_says_what_is_missing(tools: Tools, orders: str) -> None:
    code = tools.call_code_generation_agent(
        CodeRequest(question="average temperature by planet", sources=(orders,))
    )
    assert code.needs_input is not None
    assert code.spark_code is None


@pytest.mark.parametrize("platform", ["lambda", "emr", "connect"])
def test_a_platform_that_is_not_configured_is_refused(tools: Tools, platform: str) -> None:
    execute = tool_named(f"execute_spark_code_{platform}")
    with pytest.raises(PlacementError, match=platform):
        execute.call(tools, ScriptRequest(spark_code=SCRIPT))
    with pytest.raises(PlacementError, match=platform):
        tools.select_execution_platform(
            PlacementRequest.model_validate({"execution_platform": platform})
        )


def test_nothing_is_begun_without_what_it_needs(tools: Tools) -> None:
    with pytest.raises(UsageError):
        tools.call_code_generation_agent(CodeRequest(question="  "))
    with pytest.raises(UsageError):
        tools.validate_spark_code(ScriptRequest(spark_code=SCRIPT, sources=("glue:",)))
    with pytest.raises(NotFound):
        tools.extract_execution_logs(LogsRequest(session_id="nobody", turn=1))
    with pytest.raises(NotFound, match="dance"):
        tool_named("dance")


def test_every_tool_says_what_it_does_and_takes() -> None:
    for kind in TOOLS:
        assert kind.description.endswith(".")
        assert kind.takes.model_json_schema()["properties"]
        assert kind.gives.model_json_schema()


def test_the_six_of_the_reference_are_there(tmp_path: Path) -> None:
    assert {kind.name for kind in TOOLS} >= {
        "call_code_generation_agent",
        "validate_spark_code",
        "select_execution_platform",
        "execute_spark_code_lambda",
        "execute_spark_code_emr",
        "extract_execution_logs",
    }
