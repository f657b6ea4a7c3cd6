"""Whatever EMR Serverless does, one job at most runs for a turn, and nothing is left running."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter import Interpreter
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.cli.main import run
from spark_interpreter.errors import (
    EngineUnavailable,
    InterpreterError,
    OutputTooLarge,
    PlacementError,
    ResultError,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
)
from spark_interpreter.model import Job, Limits
from spark_interpreter.platforms.base import RunProgress
from spark_interpreter.platforms.emr import EmrPlatform
from spark_interpreter.platforms.emr.service import CapacityExceeded
from spark_interpreter.storage import Storage
from tests.platforms.jobs import execute, make_job, read, rows, writing_to_s3
from tests.servers.emr import EmrServer

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("emr"),
    pytest.mark.timeout(240),
]
SALES = "day,shop,amount\n2024-01-01,north,10.50\n2024-01-02,south,20.25\n2024-02-01,north,5.00\n"


class Emr:
    """A platform of one test, with a bucket and an application of its own."""

    def __init__(self, server: EmrServer, folder: Path, **settings: Any) -> None:
        self.server = server
        self.folder = folder
        self.bucket = server.new_bucket()
        self.application = server.new_application()
        self.settings = server.settings(self.application, self.bucket, **settings)
        self.platform = EmrPlatform(self.settings, Storage(self.settings.storage_uri))

    def job(self, body: str = "result = spark.range(3)", **limits: float) -> Job:
        job = writing_to_s3(make_job(self.folder, body), self.bucket)
        return job.model_copy(update={"limits": Limits.model_validate(limits)})

    def put_result(self, job: Job, name: str = "part-00000-a-c000.snappy.parquet") -> None:
        data = io.BytesIO()
        pq.write_table(pa.table({"id": [1, 2, 3]}), data)
        key = job.output.removeprefix(f"s3://{self.bucket}/")
        self.server.put(self.bucket, f"{key}/{name}", data.getvalue())

    def jobs(self) -> list[dict[str, Any]]:
        """The job runs of this test's application."""
        jobs = self.server.jobs()
        return [job for job in jobs if job["request"]["application_id"] == self.application]

    def only_job(self, state: str, *, started: int) -> None:
        """There was one job, it is over, and no process of it is left."""
        (job,) = self.jobs()
        assert job["state"] == state
        assert job["started"] == started
        assert not job["alive"]


@pytest.fixture
def emr(emr_server: EmrServer, tmp_path: Path) -> Emr:
    return Emr(emr_server, tmp_path)


def test_a_turn_through_throttling_and_lost_answers(emr: Emr) -> None:
    """From the question to the answer, with a real job whose start is asked for three times."""
    emr.server.put(emr.bucket, "sales.csv", SALES)
    emr.server.faults(throttled=3, broken=2, lost_start=2, lost_look=6)
    before = emr.server.start_requests()
    with Interpreter(emr.settings) as interpreter:
        answer = interpreter.ask(
            "total amount by shop", [f"s3://{emr.bucket}/sales.csv"], platform="emr"
        )
    assert answer.turn.error is None
    assert answer.turn.state == "completed"
    assert answer.turn.run is not None
    assert answer.turn.run.platform == "emr"
    assert [tuple(map(str, row.values())) for row in answer.to_pandas().to_dict("records")] == [
        ("south", "20.25"), ("north", "15.5"),
    ]  # fmt: skip
    assert emr.server.start_requests() - before == 3
    emr.only_job("SUCCESS", started=1)


def test_a_turn_whose_cells_do_not_fit(emr: Emr) -> None:
    """Its first job fails at a cell beyond the sample, the second reads it with a wider type."""
    lines = ["shop,amount", *(["north,1"] * 400_000)]
    lines[300_001] = "south,2.5"
    emr.server.put(emr.bucket, "sales.csv", "\n".join([*lines, ""]))
    with Interpreter(emr.settings) as interpreter:
        answer = interpreter.ask(
            "total amount by shop", [f"s3://{emr.bucket}/sales.csv"], platform="emr"
        )
    assert answer.turn.error is None
    assert answer.to_pandas()["shop"].tolist() == ["north", "south"]
    assert [float(each) for each in answer.to_pandas().iloc[:, 1]] == [399_999, 2.5]
    assert [job["state"] for job in emr.jobs()] == ["FAILED", "SUCCESS"]
    assert [job["started"] for job in emr.jobs()] == [1, 1]


@pytest.mark.parametrize(
    ("fault", "code", "words", "jobs"),
    [
        ("capacity", "engine_unavailable", "no room for the job's workers", 1),
        ("no_start", "engine_unavailable", "failed before it started: Job failed to start", 1),
        ("refused_start", "engine_unavailable", "cannot be started: Application is in an", 0),
    ],
)
def test_a_turn_whose_job_does_not_run(
    emr: Emr, fault: str, code: str, words: str, jobs: int
) -> None:
    emr.server.put(emr.bucket, "sales.csv", SALES)
    emr.server.faults(**{fault: 1})
    with Interpreter(emr.settings) as interpreter:
        answer = interpreter.ask("total amount", [f"s3://{emr.bucket}/sales.csv"], platform="emr")
    assert answer.turn.state == "failed"
    assert answer.turn.error is not None
    assert answer.turn.error.code == code
    assert words in answer.turn.error.message
    assert [job["started"] for job in emr.jobs()] == [0] * jobs


def test_a_turn_cancelled_while_it_waits(emr: Emr) -> None:
    """The answer to the cancellation is lost as well."""
    emr.server.put(emr.bucket, "sales.csv", SALES)
    emr.server.faults(waiting=60, lost_cancel=1)
    cancellation = Cancellation()

    def cancel_when_waiting(event: Any) -> None:
        if event.message == "Waiting to be scheduled":
            cancellation.cancel()

    with Interpreter(emr.settings) as interpreter:
        answer = interpreter.ask(
            "total amount", [f"s3://{emr.bucket}/sales.csv"], platform="emr",
            on_event=cancel_when_waiting, cancellation=cancellation,
        )  # fmt: skip
    assert answer.turn.state == "cancelled"
    assert answer.turn.failed_runs == ()
    emr.only_job("CANCELLED", started=0)


def test_cancelled_before_the_start_is_known(emr: Emr) -> None:
    """Nobody may forget a job whose id was never heard."""
    emr.server.faults(lost_start=6, waiting=60)
    cancellation = Cancellation()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(execute, emr.platform, emr.job(), cancellation=cancellation)
        while not emr.jobs():
            time.sleep(0.05)
        cancellation.cancel()
        with pytest.raises(RunCancelled):
            run.result(timeout=60)
    emr.only_job("CANCELLED", started=0)


def test_time_is_up_while_it_waits(emr: Emr) -> None:
    emr.server.faults(waiting=60)
    with pytest.raises(RunTimeout, match="1 seconds"):
        execute(emr.platform, emr.job(seconds=1))
    emr.only_job("CANCELLED", started=0)


def test_a_failed_callback_while_it_waits(emr: Emr) -> None:
    emr.server.faults(waiting=60)

    def fail(progress: RunProgress) -> None:
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        execute(emr.platform, emr.job(), on_progress=fail)
    emr.only_job("CANCELLED", started=0)
    assert threading.active_count() == before


def test_late_logs_are_waited_for(emr: Emr) -> None:
    emr.server.faults(late_logs=2)
    job = emr.job()
    with pytest.raises(ScriptFailed, match="division") as caught:
        execute(emr.platform, job.model_copy(update={"script": "x = 1\n\n1 / 0\n"}))
    assert caught.value.line == 3
    assert caught.value.billed
    assert caught.value.billed["vCPUHour"] > 0
    assert "ZeroDivisionError" in Path(job.log_dir, "stdout.log").read_text("utf-8")


def test_without_logs_the_state_tells(emr_server: EmrServer, tmp_path: Path) -> None:
    emr = Emr(emr_server, tmp_path, log_seconds=0.2)
    emr.server.faults(late_logs=60)
    with pytest.raises(ScriptFailed, match="division by zero"):
        execute(emr.platform, emr.job().model_copy(update={"script": "1 / 0\n"}))


def test_success_without_a_result_is_none(emr: Emr) -> None:
    emr.server.faults(instant=1)
    job = emr.job()
    with pytest.raises(ScriptFailed, match="without writing its result") as caught:
        execute(emr.platform, job)
    assert job.output in caught.value.remedy
    assert not Path(job.folder, "manifest.json").exists()


def test_only_results_count(emr: Emr) -> None:
    emr.server.faults(instant=10)
    job = emr.job()
    emr.put_result(job)
    emr.put_result(job, "_temporary/0/part-00001-a-c000.snappy.parquet")
    emr.put_result(job, "manifest.json")
    stale = Path(job.folder, "part-00007.parquet")
    stale.parent.mkdir()
    stale.write_bytes(b"old")
    execute(emr.platform, job)
    assert rows(job) == [{"id": 1}, {"id": 2}, {"id": 3}]
    emr.put_result(job, "k=1/part-00000-a-c000.snappy.parquet")
    with pytest.raises(ResultError, match="k=1"):
        execute(emr.platform, emr.job())


def test_large_results_stay_where_they_are(emr: Emr) -> None:
    emr.server.faults(instant=1)
    job = emr.job(output_mb=1)
    emr.server.put(emr.bucket, f"{job.output.split('/', 3)[3]}/part-0.parquet", bytes(2_000_000))
    with pytest.raises(OutputTooLarge, match="2 MiB"):
        execute(emr.platform, job)
    assert not Path(job.folder).exists()


def test_parts_of_several_writes_have_no_order(emr: Emr) -> None:
    emr.server.faults(instant=1)
    job = emr.job()
    emr.put_result(job, "part-00000-aaaa-c000.snappy.parquet")
    emr.put_result(job, "part-00000-bbbb-c000.snappy.parquet")
    run = execute(emr.platform, job)
    assert not read(job).ordered
    assert "several steps" in run.warnings[0]


def test_one_token_is_one_job(emr: Emr) -> None:
    """The same run asked for twice, as by two processes that carry one turn."""
    emr.server.faults(instant=10)
    job = emr.job()
    emr.put_result(job)
    first, second = (execute(emr.platform, job) for _ in range(2))
    assert first.platform_run_id == second.platform_run_id
    emr.only_job("SUCCESS", started=0)


def test_stopped_applications_start(emr: Emr) -> None:
    emr.server.faults(instant=10)
    job = emr.job()
    emr.put_result(job)
    client = emr.server.client("emr-serverless")
    seen: list[RunProgress] = []
    client.stop_application(applicationId=emr.application)
    assert "next job starts it" in emr.platform.health().detail
    execute(emr.platform, job, on_progress=seen.append)
    assert "has stopped after a time without jobs" in seen[0].stage
    by_hand = emr.server.new_application(autoStartConfiguration={"enabled": False})
    client.stop_application(applicationId=by_hand)
    settings = emr.server.settings(by_hand, emr.bucket)
    platform = EmrPlatform(settings, Storage(settings.storage_uri))
    other = emr.job().model_copy(update={"run_id": "other"})
    execute(platform, other)
    assert client.get_application(applicationId=by_hand)["application"]["state"] == "STARTED"


def test_deleted_applications_are_refused(emr: Emr) -> None:
    client = emr.server.client("emr-serverless")
    client.stop_application(applicationId=emr.application)
    client.delete_application(applicationId=emr.application)
    health = emr.platform.health()
    assert not health.healthy
    assert "has been deleted" in health.detail
    with pytest.raises(EngineUnavailable, match="has been deleted") as caught:
        execute(emr.platform, emr.job())
    assert "create-application" in caught.value.remedy
    assert emr.jobs() == []


def test_what_is_missing_is_named(emr_server: EmrServer) -> None:
    settings = emr_server.settings("", "bucket")
    assert "create-application" in EmrPlatform(settings, Storage("s3://b")).health().remedy
    settings = emr_server.settings("00nothere", "bucket")
    assert not EmrPlatform(settings, None).health().configured
    health = EmrPlatform(settings, Storage("s3://b")).health()
    assert health.configured
    assert not health.healthy
    assert "00nothere" in health.detail


def test_an_application_is_made(emr: Emr, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["emr", "create-application"]) == 0
    made = capsys.readouterr().out.strip()
    found = emr.server.client("emr-serverless").get_application(applicationId=made)["application"]
    assert found["releaseLabel"] == emr.settings.emr.release_label
    assert found["maximumCapacity"] == {"cpu": "100 vCPU", "memory": "200 GB"}
    assert found["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 15}


def test_no_secret_that_a_job_can_read(emr: Emr) -> None:
    job = emr.job().model_copy(update={"connections": {"jdbc:postgresql://db/shop": "shop-db"}})
    with pytest.raises(PlacementError, match="shop-db"):
        execute(emr.platform, job)
    assert emr.jobs() == []


def test_capacity_is_told_apart(emr: Emr) -> None:
    emr.server.faults(capacity=1)
    with pytest.raises(CapacityExceeded) as caught:
        execute(emr.platform, emr.job())
    assert isinstance(caught.value, InterpreterError)
    assert "max_vcpu" in caught.value.remedy
    assert "maximumCapacity" in caught.value.detail
