"""An open question: a scripted model asks over the wire, the report's numbers are checked."""

import re
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter import Cancellation, Interpreter, Settings
from spark_interpreter.errors import SettingsError
from spark_interpreter.model import Manifest, ModelSettings, Result, Turn, now
from spark_interpreter.model.deployment import PriceTable
from spark_interpreter.model.report import InvestigationSettings, Report
from spark_interpreter.supervisor.investigation.grounding import numbers_of
from tests.servers.model import Asked, ModelServer, Reply, calls, model_server, says

QUESTION = "why did sales drop in March 2025?"
CODE = {
    "total amount by month": 'orders.groupBy(F.trunc("day", "month").alias("month"))'
    '.agg(F.sum("amount").alias("total")).orderBy("month")',
    "total amount by region in February 2025": 'orders.filter(F.month("day") == 2)'
    '.groupBy("region").agg(F.sum("amount").alias("total")).orderBy("region")',
    "total amount by region in March 2025": 'orders.filter(F.month("day") == 3)'
    '.groupBy("region").agg(F.sum("amount").alias("total")).orderBy("region")',
    "number of orders by month": 'orders.groupBy(F.trunc("day", "month").alias("month"))'
    '.agg(F.count("*").alias("orders")).orderBy("month")',
    "average amount by month": 'orders.groupBy(F.trunc("day", "month").alias("month"))'
    '.agg(F.round(F.avg("amount"), 2).alias("average")).orderBy("month")',
    "total amount of South in March 2025": 'orders.filter((F.month("day") == 3) '
    '& (F.col("region") == "South")).agg(F.sum("amount").alias("total"))',
}
REPORT = """\
## Sales fell because South sold almost nothing

1. Sales fell from 2,100 in February [1] to 1,150 in March [1].
2. North stayed at 1,050 [2], [3]; South went from 1,050 [2] to 100.00 [3], which is 100 [6].
3. There were 11 orders instead of 20 [4]; an order was worth 104.55 on average [5].

That is a fall of 45.2% [1].
"""


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = []
    for month in (1, 2, 3):
        for day in range(1, 11):
            rows.append(f"2025-0{month}-{day:02},North,{100 if month < 3 else 105}")
            if month < 3 or day == 1:
                rows.append(f"2025-0{month}-{day:02},South,{105 if month < 3 else 100}")
    rows = [row.replace("North,100", "North,105") if "-02-" in row else row for row in rows]
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    path.write_text("\n".join(["day,region,amount", *rows]) + "\n")
    return path


class Model:
    """A model that plans: one question a reply, then the report."""

    def __init__(self, report: str = REPORT, questions: tuple[str, ...] = tuple(CODE)) -> None:
        self.results: list[str] = []
        self._report = report
        self._questions = questions
        self._step = 0

    def __call__(self, asked: Asked) -> Reply:
        if "ask" not in asked.tools:
            return self._script(asked)
        self._step += 1
        if self._step == 1:
            return calls("look", {})
        if self._step - 2 < len(self._questions):
            return calls("ask", {"question": self._questions[self._step - 2]})
        self.results = re.findall(r'\{\\?"turn\\?":.*', asked.text)
        return says(self._report)

    def _script(self, asked: Asked) -> Reply:
        last = max(CODE, key=asked.text.rfind)
        return calls(
            "answer",
            {
                "kind": "script", "analysis": f"result = {CODE[last]}", "tables": ["orders"],
                "title": last, "reading": last, "ordered": True, "confidence": 0.95,
            },
        )  # fmt: skip


@pytest.fixture(params=["openai", "bedrock"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def investigate(
    home: Path, server: ModelServer, orders: Path, protocol: str = "openai", **limits: Any
) -> Report:
    settings = Settings(
        data_dir=home / "data",
        cache_dir=home / "cache",
        cache_max_mb=0,
        model=ModelSettings(**server.settings(protocol), cross_check="off"),
        investigation=InvestigationSettings(**limits),
        prices=PriceTable(model_tokens={"scripted": (0.001, 0.01)}),
    )
    with Interpreter(settings) as spark:
        report = spark.investigate(QUESTION, [orders])
        kept = spark.answers(report.session_id) if report.session_id else []
        assert [answer.turn.number for answer in kept] == [step.turn for step in report.steps]
        for answer in kept:
            assert answer.turn.verdict is not None
    return report


def test_a_report_of_six_steps_names_the_turn_of_each_number(
    tmp_path: Path, orders: Path, protocol: str
) -> None:
    with model_server(Model()) as server:
        report = investigate(tmp_path, server, orders, protocol)
    assert report.ended == "finished"
    assert [step.question for step in report.steps] == list(CODE)
    assert {step.status for step in report.steps} == {"completed"}
    assert report.text == REPORT.strip()
    found = [(number.text, number.turn) for number in report.numbers]
    assert found == [
        ("2,100", 1), ("1,150", 1), ("1,050", 2), ("1,050", 2), ("100.00", 3), ("100", 6),
        ("11", 4), ("20", 4), ("104.55", 5), ("45.2%", None),
    ]  # fmt: skip
    assert report.unsupported == ("45.2%",)
    assert report.usage is not None
    assert report.usage.input_tokens > 0


def test_no_more_is_asked_than_there_are_steps(tmp_path: Path, orders: Path) -> None:
    with model_server(Model("Sales fell to 1,150 [1].")) as server:
        report = investigate(tmp_path, server, orders, steps=2)
        told = any(asked.has("No step is left") for asked in server.requests)
    assert told
    assert len(report.steps) == 2
    assert report.ended == "steps"
    assert report.unsupported == ()


@pytest.mark.parametrize(("limits", "ended"), [({"tokens": 1500}, "budget")])
def test_limits_end_it(tmp_path: Path, orders: Path, limits: dict[str, Any], ended: str) -> None:
    with model_server(Model()) as server:
        report = investigate(tmp_path, server, orders, **limits)
    assert report.ended == ended


def test_money_is_counted_for_the_agent_and_its_questions(tmp_path: Path, orders: Path) -> None:
    with model_server(Model()) as server:
        whole = investigate(tmp_path / "whole", server, orders)
    assert whole.usage is not None
    assert whole.usage.cost is not None
    assert 0 < whole.usage.cost < whole.cost  # the questions cost something too
    with model_server(Model("Sales fell to 1,150 [1].")) as server:
        limit = whole.usage.cost + (whole.cost - whole.usage.cost) / 2
        report = investigate(tmp_path / "limited", server, orders, dollars=limit)
        told = any(asked.has("The money is spent") for asked in server.requests)
    assert told
    assert report.ended == "budget"
    assert 0 < len(report.steps) < len(whole.steps)


def test_the_steps_of_the_workflow_are_tools(tmp_path: Path, orders: Path) -> None:
    def script(path: Path) -> str:
        return (
            "from pyspark.sql import SparkSession, functions as F\n\n"
            'spark = SparkSession.builder.appName("own").getOrCreate()\n'
            f'orders = spark.read.option("header", "true").csv("{path}")\n'
            'print("looked at all")\n'
            'result = orders.groupBy("region").agg(F.count("*").alias("n")).orderBy("region")\n'
        )

    secret = tmp_path / "secret.csv"
    secret.write_text("region\nNorth\n")
    deeds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("sources", {"search": "AMOUNT"}),
        ("call_code_generation_agent", {"question": "total amount by month"}),
        ("validate_spark_code", {"spark_code": script(orders).replace("region", "regiom")}),
        ("select_execution_platform", {}),
        ("execute_spark_code_local", {"spark_code": script(orders)}),
        ("extract_execution_logs", {"turn": 3}),
        ("execute_spark_code_local", {"spark_code": script(secret)}),
        ("execute_spark_code_local", {"spark_code": ""}),
        ("ask", {"question": "total amount by month"}),
        ("chart", {"turn": 4}),
        ("chart", {"turn": 2}),
        ("chart", {"turn": 9}),
    )
    said: list[str] = []
    code = Model()

    def obliging(asked: Asked) -> Reply:
        if "ask" not in asked.tools:
            return code(asked)
        said.append(str(asked.body["messages"][-1]))
        step = len(said) - 1
        return calls(*deeds[step]) if step < len(deeds) else says("South has 21 orders [3].")

    with model_server(obliging) as server:
        report = investigate(tmp_path, server, orders)
    for words, result in zip(
        (
            '"rows": 51', "spark_code", "regiom", '"platform": "local"', '["South", 21]',
            "looked at all", "is not one of the sources", "This cannot be done",
            '"row_count": 3', "It is in the report", "no chart", "There is no turn 9",
        ),
        said[1:],
        strict=True,
    ):  # fmt: skip
        assert words in result.replace("\\", ""), result
    assert report.charts == (4,)
    assert [step.turn for step in report.steps] == [1, 2, 3, 4]
    assert [(number.text, number.turn) for number in report.numbers] == [("21", 3)]


def test_time_ends_it(tmp_path: Path, orders: Path) -> None:
    def slow(asked: Asked) -> Reply:
        return Reply(text="thinking " * 500, delay=0.2)

    with model_server(slow) as server:
        report = investigate(tmp_path, server, orders, seconds=1)
    assert report.ended == "time"
    assert report.steps == ()


def test_without_a_model_nothing_is_asked(tmp_path: Path, orders: Path) -> None:
    with (
        Interpreter(Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")) as spark,
        pytest.raises(SettingsError, match="needs a language model"),
    ):
        spark.investigate(QUESTION, [orders], cancellation=Cancellation())


def turn_with(number: int, *rows: tuple[Any, ...]) -> Turn:
    manifest = Manifest(
        run_id="x", columns=(), row_count=len(rows), files=(), ordered=False, created=now()
    )
    return Turn(
        session_id="s", number=number, state="completed", question="q", created=now(),
        updated=now(), result=Result(manifest=manifest, rows=rows, truncated=False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("1234.57", 1),  # as it is rounded
        ("1,234.6", 1),
        ("1.2k", 1),
        ("1,235", 1),
        ("1,236", None),
        ("12.5%", 1),  # a share as a percentage
        ("12.5", None),
        ("0.125", 1),
        ("fell by 20", 1),  # the sign is said in words
        ("-20", 1),
        ("7", 2),  # of the turn that has it, whatever is named
        ("7 [1]", 2),
        ("2 rows", 1),  # how many rows there are
        ("on 2025-03-31", 2),
        ("March 2026", None),
        ("99.99", 2),  # decimals are text that keeps its digits
        ("Q3", ...),
        ("v1.2.3", ...),
        ("[3]", ...),
        ("2024", ...),  # the person's own
    ],
)
def test_a_number_is_found_in_the_turn_that_has_it(text: str, turn: Any) -> None:
    turns = [
        turn_with(1, (1234.567, "North", True), (0.125, None, -20)),
        turn_with(2, (7, "2025-03-31"), ("99.99", "x"), (1, "y")),
    ]
    found = [number.turn for number in numbers_of(text, "what was in 2024?", turns)]
    if text == "on 2025-03-31":
        assert set(found) == {2}
    else:
        assert found == ([] if turn is ... else [turn])
