"""A Spark of this machine that nobody uses is stopped, and started again when it is needed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spark_interpreter.model import Job
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.jobs import execute, make_job, rows, until
from tests.platforms.keepers import keepers
from tests.servers.sail import sail_home


@pytest.fixture
def platform(embedded: EmbeddedPlatform, tmp_path: Path) -> Iterator[ConnectPlatform]:
    home = str(sail_home(tmp_path / "home"))
    settings = Settings(connect={"spark_home": home, "idle_seconds": 0.2})
    platform = ConnectPlatform(settings, embedded)
    yield platform
    platform.close()
    assert not keepers()


def job(folder: Path, body: str) -> Job:
    folder.mkdir()
    return make_job(folder, body)


def test_it_is_stopped_and_started_again(platform: ConnectPlatform, tmp_path: Path) -> None:
    for name in ("first", "second"):
        wanted = job(tmp_path / name, "result = spark.range(2)")
        execute(platform, wanted)
        assert rows(wanted) == [{"id": 0}, {"id": 1}]
        assert until(lambda: not keepers(), 15)


def test_it_is_not_stopped_while_a_run_uses_it(platform: ConnectPlatform, tmp_path: Path) -> None:
    """One run ends long before the other, which needs its engine at the end."""
    long = job(tmp_path / "long", "import time\ntime.sleep(2)\nresult = spark.range(3)")
    short = job(tmp_path / "short", "result = spark.range(1)")
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(execute, platform, each) for each in (long, short)]
        for run in runs:
            run.result(timeout=60)
        assert rows(long) == [{"id": 0}, {"id": 1}, {"id": 2}]
    assert until(lambda: not keepers(), 15)
