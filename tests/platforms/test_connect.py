"""The connect platform does what every platform must, on Apache Spark and on a cluster."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    DataMismatch,
    EngineUnavailable,
    OutputTooLarge,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
)
from spark_interpreter.model import FileRead, FileSource, Job, Limits, TableProfile
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded import relay, remote_mode
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.embedded.protocol import Progress, Work
from spark_interpreter.settings import Settings
from tests.platforms.conformance import (
    READ_SALES,
    SALES,
    PlatformConformance,
    PlatformEssentials,
)
from tests.platforms.jobs import execute, make_job, rows, until
from tests.servers.spark import connect_settings

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("connect"),
]


@pytest.fixture(scope="module")
def local_spark(embedded: EmbeddedPlatform) -> Iterator[ConnectPlatform]:
    platform = ConnectPlatform(Settings(connect=connect_settings()), embedded)
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def on_cluster(spark_cluster: str, embedded: EmbeddedPlatform) -> Iterator[ConnectPlatform]:
    settings = connect_settings(spark_cluster, **{"spark.executor.memory": "512m"})
    platform = ConnectPlatform(Settings(connect=settings), embedded)
    yield platform
    platform.close()


class TestLocalSpark(PlatformConformance):
    at_once = 2

    @pytest.fixture
    def platform(self, local_spark: ConnectPlatform) -> Platform:
        return local_spark

    def test_bad_cell_is_named(self, platform: Platform, tmp_path: Path, sales: Path) -> None:
        """Spark says which record it could not read, and nothing of its place."""
        sales.write_text(SALES.replace("2024-01-02", "yesterday"))
        body = READ_SALES.format(path=self.place(sales)) + "result = sales"
        with pytest.raises(DataMismatch, match="cell that is not"):
            execute(platform, self.job(tmp_path, body, inputs=(sales,)))

    @pytest.mark.parametrize("ordered", [True])
    def test_output_over_its_limit(self, platform: Platform, tmp_path: Path, ordered: bool) -> None:
        body = (
            'text = F.col("id").cast("string")\n'
            'result = spark.range(0, 10**8, 1, 4000).select(F.sha2(text, 512).alias("h"))'
        )
        job = self.job(tmp_path, body, ordered=ordered, output_mb=5)
        with pytest.raises(OutputTooLarge, match="limit"):
            execute(platform, job)


class TestCluster(PlatformEssentials):
    """Two workers, each an executor of its own."""

    at_once = 2

    def test_bad_cell_is_named(self, platform: Platform, tmp_path: Path, sales: Path) -> None:
        """Spark says which record it could not read, and nothing of its place."""
        sales.write_text(SALES.replace("2024-01-02", "yesterday"))
        body = READ_SALES.format(path=self.place(sales)) + "result = sales"
        with pytest.raises(DataMismatch, match="cell that is not"):
            execute(platform, self.job(tmp_path, body, inputs=(sales,)))

    @pytest.fixture
    def platform(self, on_cluster: ConnectPlatform) -> Platform:
        return on_cluster


def test_a_cancelled_run_leaves_the_cluster_free(
    local_spark: ConnectPlatform, tmp_path: Path
) -> None:
    """The first run would keep both cores busy for minutes."""
    body = 'result = spark.range(0, 10**13, 1, 2).agg(F.max(F.col("id") % 7).alias("s"))'
    cancellation = Cancellation()
    seen: list[RunProgress] = []
    with ThreadPoolExecutor() as pool:
        job = make_job(tmp_path, body, seconds=100)
        run = pool.submit(
            execute, local_spark, job, on_progress=seen.append, cancellation=cancellation
        )
        assert until(lambda: len(seen) > 4, 60)
        cancellation.cancel()
        with pytest.raises(RunCancelled):
            run.result(timeout=10)
    after = tmp_path / "after"
    after.mkdir()
    job = make_job(after, "result = spark.range(3)", seconds=60)
    execute(local_spark, job)
    assert len(rows(job)) == 3


def test_settings_of_a_new_cluster_are_left_alone(
    local_spark: ConnectPlatform, tmp_path: Path
) -> None:
    """A script over the Glue Data Catalog names a warehouse, one over a database its driver."""
    job = make_job(tmp_path, "result = spark.createDataFrame([(1,)], 'a int')")
    place = "    .getOrCreate()"
    more = (
        '    .config("spark.sql.warehouse.dir", "s3://bucket/warehouse/")\n'
        '    .config("spark.jars", "s3://bucket/jars/postgresql.jar")\n'
    )
    execute(local_spark, job.model_copy(update={"script": job.script.replace(place, more + place)}))
    assert rows(job) == [{"a": 1}]


def test_progress_is_the_share_of_tasks() -> None:
    """Spark tells of its tasks from 4.0 on."""
    told: list[Progress] = []
    work = Work(mode="run", script="", scratch="", limits=Limits())
    capture = remote_mode.Capture(work, told.append)
    stage = SimpleNamespace(num_tasks=4, num_completed_tasks=1)
    capture._progress([stage, stage], inflight_tasks=1, operation_id="", done=False)
    capture._progress([], inflight_tasks=0, operation_id="", done=False)
    assert [progress.fraction for progress in told] == [0.25]


def test_a_script_reaches_nothing_but_the_cluster(
    local_spark: ConnectPlatform, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        body = (
            "import socket\n"
            f'socket.create_connection(("127.0.0.1", {port}), 2)\n'
            "result = spark.range(1)"
        )
        with pytest.raises(ScriptFailed):
            execute(local_spark, make_job(tmp_path, body))


def test_a_server_that_is_not_there(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"sc://127.0.0.1:{closed.getsockname()[1]}"
        platform = ConnectPlatform(Settings(connect={"url": url}), embedded)
        health = platform.health()
        assert not health.healthy
        assert "cannot be reached" in health.detail
        with pytest.raises(EngineUnavailable, match="cannot be reached"):
            execute(platform, make_job(tmp_path, "result = spark.range(1)"))


def test_a_server_that_does_not_answer(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"sc://127.0.0.1:{silent.getsockname()[1]}"
        platform = ConnectPlatform(Settings(connect={"url": url}), embedded)
        with pytest.raises(RunTimeout):
            execute(platform, make_job(tmp_path, "result = spark.range(1)", seconds=3))


def test_a_tls_server_that_does_not_answer(
    embedded: EmbeddedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"sc://127.0.0.1:{silent.getsockname()[1]}"
        platform = ConnectPlatform(Settings(connect={"url": url, "tls": True}), embedded)
        assert "cannot be reached" in platform.health().detail


def test_a_spark_that_is_not_there(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    platform = ConnectPlatform(Settings(connect={"spark_home": str(tmp_path)}), embedded)
    assert not platform.health().healthy
    with pytest.raises(EngineUnavailable, match="did not start"):
        execute(platform, make_job(tmp_path, "result = spark.range(1)"))


@pytest.mark.parametrize(
    ("url", "problem"),
    [("http://x", "address"), ("sc://", "address"), ("sc://h/;token=abc;user_id=u", "address")],
)
def test_an_address_that_is_none(embedded: EmbeddedPlatform, url: str, problem: str) -> None:
    health = ConnectPlatform(Settings(connect={"url": url}), embedded).health()
    assert problem in health.detail
    assert "abc" not in health.detail


@pytest.mark.parametrize(
    ("url", "tls"),
    [
        ("sc://h:443/;token=a%2Fb", True),
        ("sc://h:443;use_ssl=true;token=a%2Fb", True),
        ("sc://localhost:443/;token=a%2Fb;use_ssl=false", False),
    ],
)
def test_a_token_in_the_address_is_a_secret_of_its_own(url: str, tls: bool) -> None:
    settings = Settings(connect={"url": url}).connect
    assert settings.token is not None
    assert settings.token.get_secret_value() == "a/b"
    assert settings.tls is tls
    assert ";" not in settings.url
    assert "a/b" not in repr(settings)


@pytest.mark.parametrize("host", ["cluster.example", "localhost.example.com", "127.0.0.1.nip"])
def test_a_token_needs_tls(host: str) -> None:
    with pytest.raises(ValueError, match="TLS"):
        Settings(connect={"url": f"sc://{host}:443", "token": "t"})


def large_and_small(job: Job) -> Job:
    """The job with data of sizes that Spark is told of."""
    sizes = (("large", 100 * 10**9), ("small", 20 * 10**6))
    profiles = tuple(
        TableProfile(
            name=name,
            label=name,
            source=FileSource(uri=f"/{name}"),
            columns=(),
            byte_count=size,
            read=FileRead(format="csv", paths=(f"/{name}",), script_path=f"/{name}"),
        )
        for name, size in sizes
    )
    return job.model_copy(update={"profiles": profiles})


SEEN = (
    'seen = [(n, spark.conf.get("spark.sql." + n)) '
    'for n in ("autoBroadcastJoinThreshold", "shuffle.partitions")]\n'
    'result = spark.createDataFrame(seen, "name string, value string")'
)


def test_spark_is_told_of_the_data_and_keeps_what_others_have_set(
    local_spark: ConnectPlatform, tmp_path: Path
) -> None:
    """The cluster's operator has set four partitions (`SMALL`); the next run is a new session."""
    job = make_job(tmp_path, SEEN)
    run = execute(local_spark, large_and_small(job))
    told = {"spark.sql.autoBroadcastJoinThreshold": "20000000"}
    assert run.settings == told
    assert [row["value"] for row in rows(job)] == ["20000000", "4"]
    own = '    .config("spark.sql.autoBroadcastJoinThreshold", "10485760b")\n    .getOrCreate()'
    script = job.script.replace("    .getOrCreate()", own)
    run = execute(local_spark, large_and_small(job.model_copy(update={"script": script})))
    assert run.settings == {}
    assert execute(local_spark, job).settings == {}
    assert [row["value"] for row in rows(job)] == ["10485760b", "4"]
