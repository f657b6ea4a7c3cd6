"""Cancelling a turn in each of its long phases."""

import fcntl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_interpreter import Settings
from spark_interpreter.cancellation import Cancellation, cancelled_by, stop_if_cancelled
from spark_interpreter.errors import RunCancelled
from spark_interpreter.model import FINAL_STATES, FileSource, Turn, TurnState, Wishes
from spark_interpreter.settings import ServiceSettings
from spark_interpreter.sources import Sources
from spark_interpreter.sources.files.columnar import ColumnarCache
from spark_interpreter.sources.files.relation import connect
from spark_interpreter.supervisor.service import Service

HEAD = "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
LONG_PLAN = HEAD + (
    "for _ in range(10**6):\n    for _ in range(10**6):\n        pass\nresult = spark.range(1)\n"
)
LONG_RUN = HEAD + (
    "n = spark.range(10**6)\n"
    "result = n.crossJoin(n.withColumnRenamed('id', 'other')).groupBy().sum('other')\n"
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        service=ServiceSettings(runs=1, grace_seconds=0),
    )
    service = Service(settings)
    service.start()
    yield service
    service.stop()


def until(service: Service, turn: Turn, states: frozenset[TurnState]) -> TurnState:
    for _ in range(1000):
        turn = service.store.get_turn("ann", turn.session_id, turn.number)
        if turn.state in states:
            return turn.state
        time.sleep(0.02)
    pytest.fail(f"still {turn.state}")


@pytest.mark.parametrize(("script", "phase"), [(LONG_PLAN, "validating"), (LONG_RUN, "running")])
def test_a_script_is_cancelled(service: Service, script: str, phase: TurnState) -> None:
    turn = service.submit("ann", "", [], wishes=Wishes(script=script))
    assert until(service, turn, frozenset({phase})) == phase
    time.sleep(0.5)
    service.cancel("ann", turn.session_id, turn.number)
    assert until(service, turn, FINAL_STATES) == "cancelled"


def test_a_look_at_the_data_is_cancelled(service: Service, tmp_path: Path) -> None:
    """Somebody else makes the file's copy, and never comes to an end."""
    path = tmp_path / "orders.csv"
    path.write_bytes("région;amount\nNord;1\nSüd;2\n".encode("latin-1"))
    source = FileSource(uri=str(path))
    lock = tmp_path / "cache/columnar" / _lock_name(source, tmp_path / "elsewhere")
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        turn = service.submit("ann", "total amount", [source], wishes=Wishes())
        until(service, turn, frozenset({"profiling"}))
        time.sleep(0.5)
        service.cancel("ann", turn.session_id, turn.number)
        assert until(service, turn, FINAL_STATES) == "cancelled"


def _lock_name(source: FileSource, cache: Path) -> str:
    (profile,) = Sources(Settings(cache_dir=cache)).profile([source])
    copy = ColumnarCache(cache / "columnar", max_mb=100).get(profile)
    assert copy is not None
    return copy.with_suffix(".lock").name


def test_a_query_is_cancelled() -> None:
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel).start()
    endless = "SELECT sum(a.range * b.range) FROM range(10_000_000) a, range(10_000_000) b"
    with pytest.raises(RunCancelled), cancelled_by(cancellation), connect() as connection:
        connection.sql(endless).fetchall()
    with pytest.raises(RunCancelled), cancelled_by(cancellation), connect():
        pass


def test_steps_stop_within_their_scope_only() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    stop_if_cancelled()
    with pytest.raises(RunCancelled), cancelled_by(cancellation):
        stop_if_cancelled()
    stop_if_cancelled()
