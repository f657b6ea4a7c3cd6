"""A run gets through to a cluster that wants a token, and its script cannot find the token."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable, RunCancelled, ScriptFailed
from spark_interpreter.model import Job, Run
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.jobs import execute, make_job, rows, until
from tests.platforms.warm import pods
from tests.servers.guarded import Gateway, gateway

TOKEN = "zq" + "0123456789abcdef9876" * 2
ATTACK = Path(__file__).with_name("attack_memory.py").read_text("utf-8")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("guarded"), TOKEN) as found:
        yield found


def platform_at(embedded: EmbeddedPlatform, port: int, **more: object) -> ConnectPlatform:
    url = f"sc://127.0.0.1:{port}"
    return ConnectPlatform(Settings(connect={"url": url, "token": TOKEN, **more}), embedded)


def test_a_script_does_not_find_the_token(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    """It finds the session of its run, which shows that it looks well."""
    job = make_job(tmp_path, f"{ATTACK}\nresult = spark.range(3)", seconds=100, memory_mb=8192)
    run = execute(platform_at(embedded, guarded.port), job)
    assert rows(job) == [{"id": 0}, {"id": 1}, {"id": 2}]
    printed = (tmp_path / "logs" / "stdout.log").read_text()
    session = sha256(f"session_id={run.platform_run_id}".encode()).hexdigest()
    assert f"found {session}" in printed
    assert f"found {sha256(TOKEN.encode()).hexdigest()}" not in printed
    assert guarded.methods[-2:] == ["Interrupt", "ReleaseSession"]
    assert not guarded.denied


def test_what_the_server_says_of_an_error_arrives(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    job = make_job(tmp_path, 'result = spark.range(3).select("nothing")')
    with pytest.raises(ScriptFailed, match="nothing"):
        execute(platform_at(embedded, guarded.port), job)


def test_large_results_come_through(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    body = 'result = spark.range(300000).select("id", F.repeat(F.lit("ü"), 100).alias("text"))'
    job = make_job(tmp_path, body)
    execute(platform_at(embedded, guarded.port), job)
    found = rows(job)
    assert len(found) == 300_000
    assert found[-1] == {"id": 299_999, "text": "ü" * 100}


def test_a_cancelled_run_is_cancelled_there(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    body = 'result = spark.range(0, 10**13, 1, 2).agg(F.max(F.col("id") % 7).alias("m"))'
    with started(guarded, embedded, make_job(tmp_path, body)) as (run, cancellation):
        guarded.methods.clear()
        cancellation.cancel()
        with pytest.raises(RunCancelled):
            run.result(timeout=30)
    assert guarded.methods[-2:] == ["Interrupt", "ReleaseSession"]


def test_a_run_whose_way_to_the_server_is_gone_ends(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    body = "import time\nspark.range(1).count()\ntime.sleep(60)\nresult = spark.range(1)"
    with started(guarded, embedded, make_job(tmp_path, body)) as (run, _):
        (relay,) = [each for each in pods() if each.cwd().endswith("/relay")]
        relay.terminate()
        with pytest.raises(EngineUnavailable, match="signal 15"):
            run.result(timeout=30)


@contextmanager
def started(
    guarded: Gateway, embedded: EmbeddedPlatform, job: Job
) -> Iterator[tuple[Future[Run], Cancellation]]:
    """A run that would take long, once its first query has begun."""
    cancellation = Cancellation()
    platform = platform_at(embedded, guarded.port)
    before = guarded.methods.count("ExecutePlan")
    with ThreadPoolExecutor() as pool:
        run = pool.submit(execute, platform, job, cancellation=cancellation)
        assert until(lambda: guarded.methods.count("ExecutePlan") > before, 30)
        yield run, cancellation


def test_a_server_with_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate is trusted because the environment says so, and not otherwise."""
    with gateway(tmp_path, TOKEN, tls=True) as guarded:
        with EmbeddedPlatform(Settings()) as unaware:
            health = platform_at(unaware, guarded.port, tls=True).health()
            assert "certificate" in health.detail
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.crt"))
        with EmbeddedPlatform(Settings()) as aware:
            job = make_job(tmp_path, "result = spark.range(2)")
            execute(platform_at(aware, guarded.port, tls=True), job)
            assert rows(job) == [{"id": 0}, {"id": 1}]


def test_a_token_that_is_refused(
    guarded: Gateway, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    platform = platform_at(embedded, guarded.port, token="zq-another")
    with pytest.raises(EngineUnavailable, match="token") as caught:
        execute(platform, make_job(tmp_path, "result = spark.range(2)", seconds=60))
    assert "connect.token" in caught.value.remedy
    assert "zq-another" not in str(caught.value.detail)
