"""Turns carried by Lambda, and what becomes of them when things go wrong: one run each."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spark_interpreter import Answer, Interpreter, Settings
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model import Manifest
from spark_interpreter.platforms.aws_lambda import requests
from spark_interpreter.storage import Storage
from tests.platforms.jobs import until
from tests.servers.aws_lambda import FUNCTION, LambdaService
from tests.servers.moto import Aws

pytestmark = pytest.mark.xdist_group("lambda")

ORDERS = "region,amount\n" + "North,1\nSouth,2\nNorth,3\n" * 20
QUESTION = "total amount by region"
ROWS = [("North", 80), ("South", 40)]
SLOW = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("slow").getOrCreate()
numbers = spark.range(999999999).select(F.sha2(F.col("id").cast("string"), 512).alias("h"))
result = numbers.agg(F.max("h").alias("h"))
"""


class Shop:
    """Orders in S3, an interpreter that may run on Lambda, and the service behind it."""

    def __init__(self, spark: Interpreter, service: LambdaService, aws: Aws, bucket: str) -> None:
        self.spark = spark
        self.service = service
        self.aws = aws
        self.bucket = bucket

    def orders(self, text: str = ORDERS) -> str:
        self.aws.put(self.bucket, "data/orders.csv", text)
        return f"s3://{self.bucket}/data/orders.csv"

    def ask(self) -> Answer:
        return self.spark.ask(QUESTION, [self.orders()], platform="lambda")

    def log(self, answer: Answer, name: str) -> str:
        run_id = f"{answer.turn.session_id}-{answer.turn.number}"
        (found,) = self.spark.settings.data_dir.rglob(f"*{run_id}*/{name}.log")
        return found.read_text("utf-8")

    def begun(self) -> list[str]:
        return [each.run_id for each in self.service.invocations]


@pytest.fixture
def shop(aws: Aws, aws_lambda: LambdaService, tmp_path: Path) -> Iterator[Shop]:
    bucket = aws.new_bucket()
    settings = Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        cache_max_mb=0,
        storage_uri=f"s3://{bucket}/team",
        aws_lambda={"function": FUNCTION, "log_seconds": 5},
    )
    with Interpreter(settings) as spark:
        yield Shop(spark, aws_lambda, aws, bucket)
        assert until(lambda: aws_lambda.idle, 10)
        assert until(lambda: _runs(aws_lambda) == [], 10), "something is left running"


def _runs(service: LambdaService) -> list[str]:
    """Processes of the function besides the handler and its warm parent."""
    arguments = [" ".join(each.cmdline()) for each in service.processes() if each.is_running()]
    kept = ("awslambdaric", "spark_interpreter.platforms.embedded.forkserver")
    seen: set[str] = set()
    extra = []
    for text in arguments:
        name = next((name for name in kept if name in text), "")
        if not name or (name == kept[1] and arguments.count(text) > len(service.folders)):
            extra.append(text)
        seen.add(name)
    return extra


def test_a_turn_on_lambda(shop: Shop) -> None:
    answer = shop.ask()
    assert answer.turn.error is None, answer.turn.error
    assert sorted(answer.rows) == ROWS
    run = answer.turn.run
    assert run is not None
    assert run.platform == "lambda"
    assert run.engine.startswith("pysail")
    assert {"check", "fetch", "execute", "store", "bring", "billed", "remaining"} <= set(
        run.timings
    )
    assert run.resources.memory_mb == 3008
    assert run.resources.peak_memory_mb
    billed = run.resources.billed
    assert billed["GBSecond"] == pytest.approx(run.timings["billed"] * 3008 / 1024)
    assert billed["S3Get"] >= 1
    assert billed["S3Put"] >= 2  # the result and its manifest
    assert answer.turn.s3_cost > 0
    assert run.cost is not None
    assert answer.turn.cost == pytest.approx(run.cost + answer.turn.s3_cost)
    assert shop.spark.costs().runs == pytest.approx(answer.turn.cost)
    assert run.platform_run_id == shop.service.invocations[0].request_id
    output = f"s3://{shop.bucket}/team/output/{answer.turn.session_id}/1"
    assert f'.parquet("{output}")' in answer.script
    stored = Manifest.model_validate_json(Storage().read_bytes(f"{output}/manifest.json"))
    assert stored.run_id == run.run_id
    assert shop.begun() == [run.run_id]
    assert [folder.name for f in shop.service.folders for folder in f.glob("*/*")] == []


def test_a_misfit_cell_is_read_again_with_a_wider_type(shop: Shop) -> None:
    rows = [f"{'North' if n % 2 else 'South'},{n}" for n in range(900_000)]
    rows[800_000] = "South,12.5"
    answer = shop.spark.ask(
        QUESTION, [shop.orders("region,amount\n" + "\n".join(rows))], platform="lambda"
    )
    assert answer.turn.error is None, answer.turn.error
    total = sum(float(row.split(",")[1]) for row in rows)
    assert sum(float(amount) for _, amount in answer.rows) == pytest.approx(total)
    [failed] = answer.turn.failed_runs
    assert failed.error == "data_mismatch"
    assert failed.billed["S3Get"] >= 1
    assert len(set(shop.begun())) == len(shop.begun()) == 2


def test_throttled_and_then_not(shop: Shop) -> None:
    shop.service.faults.throttled = 2
    assert sorted(shop.ask().rows) == ROWS
    assert len(shop.begun()) == 1


def test_throttled_for_good(shop: Shop) -> None:
    shop.service.faults.throttled = 1000
    answer = shop.ask()
    _failed(answer, "engine_unavailable", "no more invocations")
    assert answer.turn.failed_runs == ()
    assert shop.begun() == []


def test_the_answer_is_lost_after_success(shop: Shop) -> None:
    shop.service.faults.lost = 1
    answer = shop.ask()
    assert answer.turn.error is None, answer.turn.error
    assert sorted(answer.rows) == ROWS
    assert answer.turn.run is not None
    assert answer.turn.run.platform_run_id == shop.service.invocations[0].request_id
    assert answer.turn.run.resources.memory_mb == 3008
    assert len(shop.begun()) == 1


def test_the_answer_is_lost_after_a_failure(shop: Shop) -> None:
    shop.service.faults.lost = 1
    script = (
        "from pyspark.sql import SparkSession, functions as F\n\n"
        'spark = SparkSession.builder.appName("casts").getOrCreate()\n'
        'words = spark.createDataFrame([("1",), ("x",)], "word STRING")\n'
        'result = words.select(F.col("word").cast("int"))\n'
    )
    answer = shop.spark.run(script, platform="lambda")
    _failed(answer, "data_mismatch", "'x'")
    assert len(shop.begun()) == 1


def test_the_answer_is_lost_and_the_process_too(shop: Shop) -> None:
    shop.service.faults.lost = shop.service.faults.crashed = 1
    _failed(shop.ask(), "interrupted", "left no result")
    assert len(shop.begun()) == 1


def test_the_process_dies(shop: Shop) -> None:
    shop.service.faults.crashed = 1
    answer = shop.ask()
    _failed(answer, "interrupted", "segmentation fault")
    assert "segmentation fault" in shop.log(answer, "function")
    assert len(shop.begun()) == 1


def test_out_of_time(shop: Shop) -> None:
    shop.spark.ask("how many orders", [shop.orders()], platform="lambda")  # it is warm now
    shop.service.seconds, shop.service.faults.frozen = 3, 1
    answer = shop.ask()
    _failed(answer, "timeout", "after its limit of 3 seconds")
    [failed] = answer.turn.failed_runs
    assert failed.cost
    assert failed.billed["GBSecond"] == pytest.approx(billed_seconds(shop) * 3008 / 1024)
    assert "Task timed out after 3.00 seconds" in shop.log(answer, "function")
    assert len(shop.begun()) == 2


def test_out_of_memory(shop: Shop) -> None:
    shop.service.faults.killed_mb = 100
    answer = shop.ask()
    _failed(answer, "out_of_memory", "more than its 3008 MB")
    assert len(shop.begun()) == 1
    [failed] = answer.turn.failed_runs
    assert (failed.run_id, failed.error) == (shop.begun()[0], "out_of_memory")
    assert failed.cost
    assert failed.billed["request"] == 1
    assert answer.turn.cost == pytest.approx(failed.cost + answer.turn.s3_cost)
    assert shop.spark.costs().runs == pytest.approx(answer.turn.cost)


@pytest.mark.parametrize(("delay", "complete"), [(1.5, True), (None, False)])
def test_the_log_is_late(shop: Shop, delay: float | None, complete: bool) -> None:
    shop.service.faults.crashed, shop.service.faults.log_delay = 1, delay
    answer = shop.ask()
    _failed(answer, "interrupted", "segmentation fault")
    log = shop.log(answer, "function")
    assert "segmentation fault" in log
    assert log.startswith("START RequestId: ")
    assert len(shop.begun()) == 1


def test_a_long_log_comes_whole_from_cloudwatch(shop: Shop) -> None:
    script = (
        "from pyspark.sql import SparkSession\n\n"
        'spark = SparkSession.builder.appName("talk").getOrCreate()\n'
        "for number in range(4000):\n"
        '    print(number, "x" * 100)\n'
        "result = spark.range(1)\n"
    )
    answer = shop.spark.run(script, platform="lambda")
    assert answer.ok, answer.turn.error
    lines = shop.log(answer, "stdout").splitlines()
    assert [line.split()[0] for line in lines] == [str(number) for number in range(4000)]


def test_cancelled(shop: Shop) -> None:
    cancellation = Cancellation()
    ended: list[Answer] = []

    def run() -> None:
        ended.append(shop.spark.run(SLOW, platform="lambda", cancellation=cancellation))

    running = threading.Thread(target=run)
    running.start()
    assert until(lambda: len(shop.begun()) == 1, 30)
    cancellation.cancel()
    running.join(5)
    assert ended[0].turn.state == "cancelled"
    output = f"s3://{shop.bucket}/team/output/{ended[0].turn.session_id}/1"
    assert until(lambda: shop.service.idle, 15)
    assert "manifest.json" not in {each.name for each in Storage().list(output)}
    assert len(shop.begun()) == 1
    [failed] = ended[0].turn.failed_runs
    assert failed.about
    assert failed.cost
    assert ended[0].document.cost_about
    assert shop.spark.costs().unknown == 0
    # When the function has stopped, Lambda says what it bills: that replaces what was reckoned.
    assert until(lambda: shop.spark.costs().about == 0, 15)
    [answer] = shop.spark.answers(ended[0].turn.session_id)
    [settled] = answer.turn.failed_runs
    assert not settled.about
    assert settled.run_id == failed.run_id
    assert settled.billed["GBSecond"] == pytest.approx(billed_seconds(shop) * 3008 / 1024)
    assert shop.spark.costs().runs == pytest.approx(answer.turn.cost)


@pytest.mark.parametrize("late", [True, False])
def test_what_a_cancelled_run_cost_stands_in_its_log(shop: Shop, late: bool) -> None:
    """Where the answer that would tell it is lost; without its log, the time it took counts."""
    shop.service.faults.lost = 1
    shop.service.faults.log_delay = 0.5 if late else None
    cancellation = Cancellation()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(shop.spark.run, SLOW, platform="lambda", cancellation=cancellation)
        assert until(lambda: len(shop.begun()) == 1, 30)
        time.sleep(1)
        cancellation.cancel()
        session = run.result(timeout=10).turn.session_id
    assert until(lambda: shop.service.idle, 15)
    if late:
        assert until(lambda: shop.spark.costs().about == 0, 15)
    [answer] = shop.spark.answers(session)
    [failed] = answer.turn.failed_runs
    assert failed.about is not late
    seconds = failed.billed["GBSecond"] * 1024 / 3008
    assert seconds == pytest.approx(billed_seconds(shop)) if late else 4 <= seconds < 60


def billed_seconds(shop: Shop) -> float:
    """What the service has billed for its last invocation."""
    return shop.service.invocations[-1].billed_ms / 1000


def test_what_lambda_cannot_read_is_refused_before_anything_runs(
    shop: Shop, tmp_path: Path
) -> None:
    here = tmp_path / "orders.csv"
    here.write_text(ORDERS)
    answer = shop.spark.ask(QUESTION, [here], platform="lambda")
    _failed(answer, "placement", "orders")
    assert shop.begun() == []


def test_a_function_that_is_not_there(shop: Shop) -> None:
    settings = shop.spark.settings.model_copy(
        update={"aws_lambda": shop.spark.settings.aws_lambda.model_copy(update={"function": "no"})}
    )
    with Interpreter(settings) as spark:
        answer = spark.ask(QUESTION, [shop.orders()], platform="lambda")
        assert answer.turn.error is not None
        assert "'no' does not exist" in answer.turn.error.message
    shop.service.state = "Pending"
    with Interpreter(shop.spark.settings) as spark:
        answer = spark.ask(QUESTION, [shop.orders()], platform="lambda")
        assert answer.turn.error is not None
        assert "not ready" in answer.turn.error.message
    assert shop.begun() == []


def _failed(answer: Answer, code: str, words: str) -> None:
    assert answer.turn.state == "failed"
    assert answer.turn.error is not None
    assert answer.turn.error.code == code, answer.turn.error
    assert words in answer.turn.error.message
    assert answer.turn.error.remedy
    assert "Traceback" not in answer.turn.error.message


def test_a_request_that_lambda_does_not_take_goes_elsewhere(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PAYLOAD_MAX_BYTES", 1_000)
    placement = shop.spark.settings.placement.model_copy(update={"order": ("lambda", "local")})
    settings = shop.spark.settings.model_copy(update={"placement": placement})
    with Interpreter(settings) as spark:
        answer = spark.ask(QUESTION, [shop.orders()])
        _failed(spark.ask(QUESTION, [shop.orders()], platform="lambda"), "placement", "requests of")
    assert sorted(answer.rows) == ROWS
    assert answer.turn.run is not None
    assert answer.turn.run.platform == "local"
    assert answer.turn.script is not None
    assert not answer.turn.script.output.startswith("s3://")
    assert shop.begun() == []
