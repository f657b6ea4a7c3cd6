"""The Lambda platform does what every platform must, in a real process of the function."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    InterpreterError,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
    ValidationError,
)
from spark_interpreter.platforms.aws_lambda import LambdaPlatform
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.settings import Settings
from tests.platforms.conformance import PlatformConformance
from tests.platforms.in_s3 import InS3
from tests.platforms.jobs import FIRST_LINE, execute, make_job, rows, until
from tests.servers.aws_lambda import FUNCTION, LambdaService
from tests.servers.moto import Aws

pytestmark = pytest.mark.xdist_group("lambda")

SLOW = (
    'text = F.col("id").cast("string")\n'
    'hashed = spark.range(999999999).select(F.sha2(text, 512).alias("h"))\n'
    'result = hashed.agg(F.max("h").alias("h"))'
)
"""A script that may run, and takes minutes."""


class TestLambda(PlatformConformance):
    """The function checks scripts itself: what may not run is refused before it does."""

    at_once = 4

    @pytest.fixture
    def platform(self, aws: Aws, aws_lambda: LambdaService) -> Platform:
        bucket = aws.new_bucket()
        settings = Settings(storage_uri=f"s3://{bucket}", aws_lambda={"function": FUNCTION})
        return InS3(LambdaPlatform(settings), aws, bucket)

    def test_patterns_and_folders(self, platform: Platform, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        for name in ("x1", "x2", "y"):
            (folder / f"{name}.csv").write_text("a\n1\n")
        for location, count in ((folder, 3), (folder / "x*.csv", 2), (folder / "y.csv", 1)):
            body = f'result = spark.read.option("header", "true").schema("a INT").csv("{location}")'
            job = make_job(tmp_path, body, inputs=(folder,))
            execute(platform, job)
            assert len(rows(job)) == count

    def test_partitioned_write_keeps_its_column(self, platform: Platform, tmp_path: Path) -> None:
        self._refused(platform, tmp_path, 'result.write.partitionBy("id")', "partitionBy")

    def test_script_error_has_its_line(self, platform: Platform, tmp_path: Path) -> None:
        job = make_job(tmp_path, 'x = 1\nresult = spark.range(1).select(F.col("id") + missing)')
        with pytest.raises(ScriptFailed, match="missing") as caught:
            execute(platform, job)
        assert caught.value.line == FIRST_LINE + 1
        assert not Path(job.output, "manifest.json").exists()

    def test_never_writes(self, platform: Platform, tmp_path: Path) -> None:
        job = make_job(tmp_path, "result = spark.range(1)", write=False)
        with pytest.raises(ValidationError, match="does not write its result") as caught:
            execute(platform, job)
        assert job.output in caught.value.remedy

    def test_other_format_is_refused(self, platform: Platform, tmp_path: Path) -> None:
        self._refused(platform, tmp_path, 'result.write.csv("x")', "csv")

    def test_undeclared_missing_path(self, platform: Platform, tmp_path: Path) -> None:
        body = f'spark.read.schema("a INT").csv("{tmp_path}/gone.csv")'
        self._refused(platform, tmp_path, body, r"gone\.csv")

    def test_timeout(self, platform: Platform, tmp_path: Path) -> None:
        execute(platform, make_job(tmp_path, "result = spark.range(1)"))
        job = make_job(tmp_path, SLOW, seconds=1)
        started = time.monotonic()
        with pytest.raises(RunTimeout, match="1 seconds"):
            execute(platform, job)
        assert time.monotonic() - started < 5

    def test_cancel_inside_a_query(  # type: ignore[override]
        self, platform: Platform, aws_lambda: LambdaService, tmp_path: Path
    ) -> None:
        job = make_job(tmp_path, SLOW, seconds=60)
        cancellation = Cancellation()
        with ThreadPoolExecutor() as pool:
            run = pool.submit(execute, platform, job, cancellation=cancellation)
            assert until(lambda: len(aws_lambda.invocations) == 1, 20)
            cancelled = time.monotonic()
            cancellation.cancel()
            with pytest.raises(RunCancelled):
                run.result(timeout=10)
        assert time.monotonic() - cancelled < 5
        assert until(lambda: aws_lambda.idle, 20)
        assert not Path(job.folder, "manifest.json").exists()

    def test_progress(self, platform: Platform, tmp_path: Path) -> None:
        seen: list[RunProgress] = []
        with pytest.raises(RunTimeout):
            execute(platform, make_job(tmp_path, SLOW, seconds=2), on_progress=seen.append)
        assert len(seen) >= 2
        assert all(progress.stage for progress in seen)
        assert seen[-1].seconds > seen[0].seconds > 0

    def test_printed_text_is_in_the_log(self, platform: Platform, tmp_path: Path) -> None:
        job = make_job(tmp_path, 'print("hällo")\nprint("")\nprint("x")\nresult = spark.range(1)')
        execute(platform, job)
        assert Path(job.log_dir, "stdout.log").read_text("utf-8") == "hällo\n\nx\n"
        log = Path(job.log_dir, "function.log").read_text("utf-8")
        assert "stdout: hällo\n" in log
        assert "REPORT RequestId: " in log

    def test_a_failed_callback_ends_the_run(  # type: ignore[override]
        self, platform: Platform, aws_lambda: LambdaService, tmp_path: Path
    ) -> None:
        def fail(_: RunProgress) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            execute(platform, make_job(tmp_path, SLOW), on_progress=fail)
        assert until(lambda: aws_lambda.idle and not _waiting(), 20)

    def test_forged_manifest_does_not_count(self, platform: Platform, tmp_path: Path) -> None:
        self._refused(platform, tmp_path, 'open("manifest.json", "w").write("{}")', r"open\(\)")

    def test_foreign_files_in_the_output(self, platform: Platform, tmp_path: Path) -> None:
        self._refused(platform, tmp_path, 'open("part-00009.parquet", "w")', r"open\(\)")

    def _refused(self, platform: Platform, folder: Path, code: str, match: str) -> None:
        job = make_job(folder, f"result = spark.range(1)\n{code}")
        with pytest.raises(ValidationError, match=match) as caught:
            execute(platform, job)
        assert isinstance(caught.value, InterpreterError)
        assert not Path(job.folder, "manifest.json").exists()


def _waiting() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("lambda-")]
