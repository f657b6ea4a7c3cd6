"""What every platform must do; each has a subclass that gives it as the fixture `platform`."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    DataMismatch,
    InterpreterError,
    OutputTooLarge,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
)
from spark_interpreter.model import Job
from spark_interpreter.platforms.base import Platform, RunProgress
from tests.platforms.jobs import FIRST_LINE, execute, make_job, read, rows

SALES = """\
day,shop,amount
2024-01-01,north,10.50
2024-01-02,south,20.25
2024-02-01,north,5.00
"""
READ_SALES = (
    'sales = spark.read.option("header", "true").option("mode", "FAILFAST")'
    '.schema("day DATE, shop STRING, amount DECIMAL(10,2)").csv({path!r})\n'
)


class PlatformEssentials:
    """What even a platform is held to whose runs take long to start.

    Attributes:
        into_query_seconds: after this time a run is in its query.
        stop_seconds: within this time a run has stopped.
        at_once: runs that are started together.
    """

    into_query_seconds = 1.0
    stop_seconds = 0.5
    at_once = 8

    def place(self, path: Path) -> str:
        """Where the platform finds a file of this machine."""
        return str(path)

    def adapted(self, job: Job) -> Job:
        """The job as the platform can carry it, writing where the platform can."""
        return job

    def job(self, folder: Path, body: str, **options: Any) -> Job:
        """A job for the platform; see `make_job`."""
        return self.adapted(make_job(folder, body, **options))

    @pytest.fixture
    def sales(self, tmp_path: Path) -> Path:
        path = tmp_path / "sales.csv"
        path.write_text(SALES)
        return path

    def test_result_and_manifest(self, platform: Platform, tmp_path: Path, sales: Path) -> None:
        job = self.job(
            tmp_path,
            READ_SALES.format(path=self.place(sales))
            + 'result = sales.groupBy("shop").agg(F.sum("amount").alias("total")).orderBy("shop")',
            inputs=(sales,),
        )
        run = execute(platform, job)
        assert run.run_id == job.run_id
        assert run.platform == platform.name
        assert run.state == "succeeded"
        assert run.started <= run.ended
        assert [(row["shop"], str(row["total"])) for row in rows(job)] == [
            ("north", "15.50"),
            ("south", "20.25"),
        ]
        manifest = read(job)
        assert manifest.run_id == job.run_id
        assert manifest.ordered
        assert [(c.name, c.type) for c in manifest.columns] == [
            ("shop", "string"),
            ("total", "decimal(20,2)"),
        ]

    def test_order_is_kept(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(
            tmp_path,
            'result = spark.range(300000).select("id", (F.col("id") * 7919 % 300007).alias("v"))'
            '.orderBy(F.desc("v"))',
        )
        execute(platform, job)
        values = [row["v"] for row in rows(job)]
        assert len(values) == 300_000
        assert values == sorted(values, reverse=True)

    def test_unordered_result_is_whole(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "result = spark.range(300000)", ordered=False)
        execute(platform, job)
        assert sorted(row["id"] for row in rows(job)) == list(range(300_000))

    def test_unicode_paths_and_names(self, platform: Platform, tmp_path: Path) -> None:
        folder = tmp_path / "Übersicht — 売上 'q' 1"
        folder.mkdir()
        source = folder / "données é 1.csv"
        source.write_text("größe,名前\n1,ä\n2,ö\n")
        job = self.job(
            folder,
            'result = spark.read.option("header", "true").schema("`größe` INT, `名前` STRING")'
            f".csv({self.place(source)!r}).orderBy(F.desc('größe'))",
            inputs=(source,),
        )
        execute(platform, job)
        assert rows(job) == [{"größe": 2, "名前": "ö"}, {"größe": 1, "名前": "ä"}]

    def test_script_error_has_its_line(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "x = 1\ny = x.nothing\nresult = spark.range(1)")
        with pytest.raises(ScriptFailed, match="nothing") as caught:
            execute(platform, job)
        assert caught.value.line == FIRST_LINE + 1
        assert "Traceback" in caught.value.detail
        assert not Path(job.folder, "manifest.json").exists()

    def test_bad_cell_is_named(self, platform: Platform, tmp_path: Path, sales: Path) -> None:
        sales.write_text(SALES.replace("2024-01-02", "yesterday"))
        job = self.job(
            tmp_path, READ_SALES.format(path=self.place(sales)) + "result = sales", inputs=(sales,)
        )
        with pytest.raises(DataMismatch) as caught:
            execute(platform, job)
        assert caught.value.value == "yesterday"
        assert caught.value.path in (self.place(sales), None)
        self.check_cell(caught.value)

    def check_cell(self, mismatch: DataMismatch) -> None:
        """What else a platform knows of the cell in row 2 of the column "day"."""
        assert mismatch.path is not None
        assert (mismatch.column, mismatch.row) == ("day", 2)

    def test_timeout(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "while True:\n    pass", seconds=1)
        started = time.monotonic()
        with pytest.raises(RunTimeout, match="1 seconds"):
            execute(platform, job)
        assert time.monotonic() - started < 4.5 + self.stop_seconds

    def test_cancel_inside_a_query(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(
            tmp_path,
            'result = spark.range(10**12).agg(F.max(F.col("id") % 7).alias("s"))',
            seconds=60,
        )
        cancellation = Cancellation()
        with ThreadPoolExecutor() as pool:
            run = pool.submit(execute, platform, job, cancellation=cancellation)
            time.sleep(self.into_query_seconds)
            cancelled = time.monotonic()
            cancellation.cancel()
            with pytest.raises(RunCancelled):
                run.result(timeout=10 + self.stop_seconds)
        assert time.monotonic() - cancelled < self.stop_seconds

    def test_cancelled_before_it_starts(self, platform: Platform, tmp_path: Path) -> None:
        cancellation = Cancellation()
        cancellation.cancel()
        with pytest.raises(RunCancelled):
            execute(
                platform, self.job(tmp_path, "result = spark.range(1)"), cancellation=cancellation
            )

    def test_progress(self, platform: Platform, tmp_path: Path) -> None:
        seen: list[RunProgress] = []
        job = self.job(tmp_path, "import time\ntime.sleep(1.8)\nresult = spark.range(1)")
        execute(platform, job, on_progress=seen.append)
        assert len(seen) >= 2
        assert all(progress.stage for progress in seen)
        assert seen[-1].seconds > seen[0].seconds > 0

    def test_runs_side_by_side(self, platform: Platform, tmp_path: Path) -> None:
        def run(number: int) -> int:
            folder = tmp_path / str(number)
            folder.mkdir()
            job = self.job(folder, f"result = spark.range({number + 1})")
            execute(platform, job)
            return len(rows(job))

        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(run, range(self.at_once)))
        assert counts == list(range(1, self.at_once + 1))

    def test_a_failed_callback_ends_the_run(self, platform: Platform, tmp_path: Path) -> None:
        def fail(_: RunProgress) -> None:
            raise KeyboardInterrupt

        before = threading.active_count()
        job = self.job(tmp_path, "import time\ntime.sleep(30)")
        with pytest.raises(KeyboardInterrupt):
            execute(platform, job, on_progress=fail)
        assert threading.active_count() == before

    def test_health(self, platform: Platform) -> None:
        health = platform.health()
        assert health.platform == platform.name
        assert health.healthy
        assert health.detail


class PlatformConformance(PlatformEssentials):
    """What every platform does that starts quickly."""

    @pytest.mark.parametrize("ordered", [True, False])
    def test_output_over_its_limit(self, platform: Platform, tmp_path: Path, ordered: bool) -> None:
        job = self.job(
            tmp_path,
            'text = F.col("id").cast("string")\n'
            'result = spark.range(10**9).select(F.sha2(text, 512).alias("h"))',
            ordered=ordered,
            output_mb=5,
        )
        with pytest.raises(OutputTooLarge, match="limit"):
            execute(platform, job)

    @pytest.mark.parametrize("ordered", [True, False])
    def test_no_rows_have_columns(self, platform: Platform, tmp_path: Path, ordered: bool) -> None:
        job = self.job(tmp_path, 'result = spark.range(5).where("id < 0")', ordered=ordered)
        execute(platform, job)
        assert rows(job) == []
        assert [(c.name, c.type) for c in read(job).columns] == [("id", "bigint")]

    def test_types_have_spark_names(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(
            tmp_path,
            "result = spark.range(1).selectExpr("
            '"cast(id as tinyint) a", "cast(id as float) b", "timestamp \'2024-01-02 03:04:05\' c",'
            '"date \'2024-01-02\' d", "array(id) e", "map(\'k\', id) f",'
            "\"named_struct('x', id, 'y', true) g\", \"cast('x' as binary) h\", \"1.5BD i\")",
        )
        execute(platform, job)
        assert [column.type for column in read(job).columns] == [
            "tinyint", "float", "timestamp", "date", "array<bigint>", "map<string,bigint>",
            "struct<x:bigint,y:boolean>", "binary", "decimal(2,1)",
        ]  # fmt: skip

    def test_long_cells(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(
            tmp_path,
            'text = F.repeat(F.lit("x"), 1_000_000)\n'
            'result = spark.range(150).select("id", text.alias("text")).orderBy("id")',
        )
        execute(platform, job)
        found = rows(job)
        assert [row["id"] for row in found] == list(range(150))
        assert all(len(row["text"]) == 1_000_000 for row in found)

    def test_patterns_and_folders(self, platform: Platform, tmp_path: Path) -> None:
        folder = tmp_path / "data"
        folder.mkdir()
        for name in ("x1", "x2", "y"):
            (folder / f"{name}.csv").write_text("a\n1\n")
        for location, inputs, count in (
            (folder, folder, 3),
            (folder / "x*.csv", folder / "x*.csv", 2),
            (folder / "x*.csv", folder, 2),
            (folder / "y.csv", folder / "y.csv", 1),
        ):
            body = f'result = spark.read.option("header", "true").schema("a INT").csv("{location}")'
            job = self.job(tmp_path, body, inputs=(inputs,))
            execute(platform, job)
            assert len(rows(job)) == count
        job = self.job(tmp_path, body.replace("y.csv", "z*.csv"), inputs=(folder,))
        with pytest.raises(ScriptFailed, match=r"z\*\.csv"):
            execute(platform, job)

    def test_stale_output_is_gone(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "result = spark.range(3)")
        stale = Path(job.output)
        stale.mkdir()
        (stale / "part-00007.parquet").write_bytes(b"old")
        execute(platform, job)
        assert len(rows(job)) == 3

    def test_appended_results_are_all_there(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "result = spark.range(3)")
        job = job.model_copy(
            update={"script": job.script + f'result.write.mode("append").parquet("{job.output}")\n'}
        )
        execute(platform, job)
        assert [row["id"] for row in rows(job)] == [0, 1, 2, 0, 1, 2]

    def test_partitioned_write_keeps_its_column(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "", write=False, ordered=False)
        script = (
            'spark.range(4).withColumn("k", F.col("id") % 2)'
            f'.write.mode("overwrite").partitionBy("k").parquet("{job.output}")\n'
        )
        job = job.model_copy(update={"script": job.script + script})
        execute(platform, job)
        assert sorted((row["id"], row["k"]) for row in rows(job)) == [
            (0, 0), (1, 1), (2, 0), (3, 1),
        ]  # fmt: skip

    def test_engine_error_is_one_sentence(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, 'result = spark.range(1).select("missing")')
        with pytest.raises(ScriptFailed) as caught:
            execute(platform, job)
        assert "'missing'" in caught.value.message
        assert "\n" not in caught.value.message
        assert caught.value.remedy

    def test_bad_cast_is_a_mismatch(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(
            tmp_path,
            'result = spark.createDataFrame([("1",), ("x",)], "a string")'
            '.select(F.col("a").cast("int"))',
        )
        with pytest.raises(DataMismatch) as caught:
            execute(platform, job)
        assert caught.value.value == "x"

    def test_never_writes(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "result = spark.range(1)", write=False)
        with pytest.raises(ScriptFailed, match="without writing its result") as caught:
            execute(platform, job)
        assert job.output in caught.value.remedy

    def test_other_format_is_refused(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "", write=False)
        script = f'spark.range(1).write.csv("{job.output}")\n'
        with pytest.raises(ScriptFailed, match="Parquet"):
            execute(platform, job.model_copy(update={"script": job.script + script}))

    def test_missing_input(self, platform: Platform, tmp_path: Path) -> None:
        gone = tmp_path / "gone.csv"
        job = self.job(
            tmp_path, READ_SALES.format(path=str(gone)) + "result = sales", inputs=(gone,)
        )
        with pytest.raises(InterpreterError, match=r"gone\.csv"):
            execute(platform, job)

    def test_undeclared_missing_path(self, platform: Platform, tmp_path: Path) -> None:
        body = READ_SALES.format(path=str(tmp_path / "gone.csv")) + "result = sales"
        with pytest.raises(ScriptFailed, match=r"gone\.csv"):
            execute(platform, self.job(tmp_path, body))

    def test_printed_text_is_in_the_log(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, 'print("\\x1b[31mhällo\\x1b[0m")\nresult = spark.range(1)')
        execute(platform, job)
        assert Path(job.log_dir, "stdout.log").read_text("utf-8") == "hällo\n"

    def test_flood_of_output_is_bounded(self, platform: Platform, tmp_path: Path) -> None:
        body = 'for _ in range(20000):\n    print("x" * 100)\nresult = spark.range(1)'
        job = self.job(tmp_path, body, log_kb=10)
        run = execute(platform, job)
        assert len(rows(job)) == 1
        assert Path(job.log_dir, "stdout.log").stat().st_size < 11_000
        assert any("not kept" in warning for warning in run.warnings)

    def test_forged_manifest_does_not_count(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "", write=False)
        forged = json.dumps({"row_count": 1_000_000})
        script = (
            "result = spark.range(2)\n"
            f'result.write.mode("overwrite").parquet("{job.output}")\n'
            f'open("{job.output}/manifest.json", "w").write({forged!r})\n'
        )
        execute(platform, job.model_copy(update={"script": job.script + script}))
        assert read(job).row_count == 2

    def test_foreign_files_in_the_output(self, platform: Platform, tmp_path: Path) -> None:
        job = self.job(tmp_path, "result = spark.range(2)")
        script = f'open("{job.output}/part-00009.parquet", "w").write("no")\n'
        with pytest.raises(InterpreterError, match="part-00009"):
            execute(platform, job.model_copy(update={"script": job.script + script}))
        assert not Path(job.folder, "manifest.json").exists()
