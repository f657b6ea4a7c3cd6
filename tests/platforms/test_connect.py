"""The connect platform does what every platform must, on Apache Spark and on a cluster."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    EngineUnavailable,
    RunCancelled,
    RunTimeout,
    ScriptFailed,
)
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.conformance import PlatformConformance, PlatformEssentials
from tests.platforms.jobs import execute, make_job, rows, until
from tests.servers.spark import connect_settings

pytestmark = [pytest.mark.parity, pytest.mark.jars, pytest.mark.xdist_group("connect")]


@pytest.fixture(scope="module")
def local_spark(embedded: EmbeddedPlatform) -> Iterator[ConnectPlatform]:
    platform = ConnectPlatform(Settings(connect=connect_settings()), embedded)
    yield platform
    platform.close()


class TestLocalSpark(PlatformConformance):
    at_once = 2

    @pytest.fixture
    def platform(self, local_spark: ConnectPlatform) -> Platform:
        return local_spark


class TestCluster(PlatformEssentials):
    """Two workers, each an executor of its own."""

    at_once = 2

    @pytest.fixture(scope="class")
    def on_cluster(
        self, spark_cluster: str, embedded: EmbeddedPlatform
    ) -> Iterator[ConnectPlatform]:
        settings = connect_settings(spark_cluster, **{"spark.executor.memory": "512m"})
        platform = ConnectPlatform(Settings(connect=settings), embedded)
        yield platform
        platform.close()

    @pytest.fixture
    def platform(self, on_cluster: ConnectPlatform) -> Platform:
        return on_cluster


def test_a_cancelled_run_leaves_the_cluster_free(
    local_spark: ConnectPlatform, tmp_path: Path
) -> None:
    """The first run would keep both cores busy for minutes."""
    body = (
        'text = F.col("id").cast("string")\n'
        "hashed = spark.range(0, 10**10, 1, 2).select(F.sha2(text, 512).alias('h'))\n"
        'result = hashed.agg(F.max("h").alias("h"))'
    )
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
    job = make_job(after, "result = spark.range(3)", seconds=30)
    execute(local_spark, job)
    assert len(rows(job)) == 3


def test_progress_has_the_share_of_tasks(local_spark: ConnectPlatform, tmp_path: Path) -> None:
    seen: list[RunProgress] = []
    text = 'F.sha2(F.col("id").cast("string"), 512)'
    job = make_job(
        tmp_path,
        f"result = spark.range(0, 20_000_000, 1, 40).agg(F.max({text}).alias('h'))",
        seconds=100,
    )
    execute(local_spark, job, on_progress=seen.append)
    assert any(progress.fraction and 0 < progress.fraction < 1 for progress in seen)


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


def test_a_spark_that_is_not_there(embedded: EmbeddedPlatform, tmp_path: Path) -> None:
    platform = ConnectPlatform(Settings(connect={"spark_home": str(tmp_path)}), embedded)
    assert not platform.health().healthy
    with pytest.raises(EngineUnavailable, match="did not start"):
        execute(platform, make_job(tmp_path, "result = spark.range(1)"))


@pytest.mark.parametrize(
    ("url", "problem"),
    [("http://x", "address"), ("sc://", "address"), ("sc://h/;token=abc", "address")],
)
def test_an_address_that_is_none(embedded: EmbeddedPlatform, url: str, problem: str) -> None:
    health = ConnectPlatform(Settings(connect={"url": url}), embedded).health()
    assert problem in health.detail
    assert "abc" not in health.detail


def test_a_token_needs_tls() -> None:
    with pytest.raises(ValueError, match="TLS"):
        Settings(connect={"url": "sc://cluster.example:443", "token": "t"})
