"""EMR Serverless does what every platform must: moto's API, and jobs that Apache Spark runs.

A job starts a JVM, which takes eight seconds and more: the cases are few, and each asks for much.
"""

from pathlib import Path

import pytest

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import Job
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.platforms.emr import EmrPlatform
from spark_interpreter.storage import Storage
from tests.platforms.conformance import PlatformEssentials
from tests.platforms.jobs import execute, read, rows, writing_to_s3
from tests.servers.emr import EmrServer

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("emr"),
    pytest.mark.timeout(240),
]


class TestEmr(PlatformEssentials):
    into_query_seconds = 3
    stop_seconds = 20
    at_once = 2

    @pytest.fixture(autouse=True)
    def server(self, emr_server: EmrServer) -> EmrServer:
        self.emr = emr_server
        self.bucket = emr_server.new_bucket()
        self.application = emr_server.new_application()
        return emr_server

    @pytest.fixture
    def platform(self, server: EmrServer) -> Platform:
        settings = server.settings(self.application, self.bucket)
        return EmrPlatform(settings, Storage(settings.storage_uri))

    def place(self, path: Path) -> str:
        key = f"data/{path.parent.name}/{path.name}"
        self.emr.put(self.bucket, key, path.read_bytes())
        return f"s3://{self.bucket}/{key}"

    def adapted(self, job: Job) -> Job:
        return writing_to_s3(job.model_copy(update={"read_paths": ()}), self.bucket)

    def check_cell(self, mismatch: DataMismatch) -> None:
        """Apache Spark names the value, not its place."""

    def test_progress(self, platform: Platform, tmp_path: Path) -> None:
        """What the shared case asks for, and what a finished job leaves."""
        seen: list[RunProgress] = []
        job = self.job(tmp_path, 'print("hällo")\nresult = spark.range(1)')
        run = execute(platform, job, on_progress=seen.append)
        assert [p.seconds for p in seen] == sorted(p.seconds for p in seen)
        stages = list(dict.fromkeys(progress.stage for progress in seen))
        assert stages[-2:] == ["Running on EMR Serverless", "Finished on EMR Serverless"]
        assert run.engine == "Apache Spark on EMR Serverless (emr-7.9.0)"
        assert run.resources.billed["vCPUHour"] > 0
        assert run.settings["spark.sql.adaptive.enabled"] == "true"
        assert int(run.settings["spark.sql.autoBroadcastJoinThreshold"]) == 10 * 1024**2
        assert run.ui_url is not None
        assert run.platform_run_id in run.ui_url
        assert Path(job.log_dir, "stdout.log").read_text("utf-8") == "hällo\n"
        assert "SparkContext" in Path(job.log_dir, "stderr.log").read_text("utf-8")
        stored = Storage().read_bytes(f"{job.output}/manifest.json")
        assert stored == Path(job.folder, "manifest.json").read_bytes()

    def test_order_is_kept(self, platform: Platform, tmp_path: Path) -> None:
        """Sorted by a range partitioning whose parts adaptive execution joins: many files."""
        job = self.job(
            tmp_path,
            'spark.conf.set("spark.sql.shuffle.partitions", 60)\n'
            'spark.conf.set("spark.sql.adaptive.advisoryPartitionSizeInBytes", "200k")\n'
            'spark.conf.set("spark.sql.adaptive.coalescePartitions.parallelismFirst", "false")\n'
            'spark.conf.set("spark.sql.adaptive.coalescePartitions.minPartitionSize", "1k")\n'
            'assert spark.conf.get("spark.sql.adaptive.enabled") == "true"\n'
            'result = spark.range(300000).select("id", (F.col("id") * 7919 % 300007).alias("v"))'
            '.repartition(7).orderBy(F.desc("v"))',
        )
        execute(platform, job)
        values = [row["v"] for row in rows(job)]
        assert len(values) == 300_000
        assert values == sorted(values, reverse=True)
        manifest = read(job)
        assert 10 < len(manifest.files) < 60
        assert manifest.ordered
