"""The service without HTTP: a short week, what is removed and what is kept."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from benchmarks.soak import grown, live
from spark_interpreter import Settings
from spark_interpreter.errors import Conflict, NotFound, SourceUnreadable, Stopping, UsageError
from spark_interpreter.model import FINAL_STATES, FileSource, RequestKey, Turn, Wishes, now
from spark_interpreter.settings import ServiceSettings
from spark_interpreter.supervisor.housekeeping import Housekeeping
from spark_interpreter.supervisor.reach import require_reach
from spark_interpreter.supervisor.service import Service


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        service=ServiceSettings(runs=1, grace_seconds=0),
    )


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    service = Service(settings)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def orders(tmp_path: Path) -> FileSource:
    path = tmp_path / "orders.csv"
    path.write_text("region,amount\nNorth,1\nSouth,2\n")
    return FileSource(uri=str(path))


def finished(service: Service, owner: str, turn: Turn) -> Turn:
    for _ in range(1200):
        turn = service.store.get_turn(owner, turn.session_id, turn.number)
        if turn.state in FINAL_STATES:
            return turn
        time.sleep(0.05)
    pytest.fail(f"still {turn.state}")


def test_what_is_old_is_removed_and_scripts_stay(service: Service, orders: FileSource) -> None:
    key = RequestKey(key="k", fingerprint="f")
    asked = service.submit("ann", "total amount", [orders], wishes=Wishes(), key=key)
    turn = finished(service, "ann", asked)
    assert turn.state == "completed"
    upload = service.uploads.add("ann", "a.csv", BytesIO(b"a\n1\n"), max_bytes=100)
    data = service.settings.data_dir
    profile = next((service.settings.cache_dir / "profiles").iterdir())
    output, log = (next(data.glob(f"{section}/*/*")) for section in ("output", "logs"))
    keeping = Housekeeping(
        service.settings.service, service.store, service.artifacts, service.uploads,
        service.settings.cache_dir / "profiles",
    )  # fmt: skip
    assert keeping.clean(now() + timedelta(days=6)) == 0
    assert service.store.find_request("ann", key) is None
    keeping.clean(now() + timedelta(days=8))
    assert (output.exists(), log.exists(), profile.exists()) == (True, False, True)
    keeping.clean(now() + timedelta(days=31))
    assert (output.exists(), profile.exists()) == (False, False)
    with pytest.raises(NotFound):
        service.uploads.get("ann", upload.id)
    assert turn.script is not None
    assert next(data.glob("scripts/*/*.py")).read_text() == turn.script.text
    assert service.store.get_turn("ann", turn.session_id, 1).result == turn.result


def test_deleting_a_session_stops_its_runs(service: Service) -> None:
    script = (
        "from pyspark.sql import SparkSession, functions as F\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "n = spark.range(300000)\n"
        "result = n.crossJoin(n.withColumnRenamed('id', 'o')).agg("
        "F.sum(F.sqrt(F.col('id') * F.col('o'))))\n"
    )
    turn = service.submit("ann", "", (), wishes=Wishes(script=script))
    while service.store.get_turn("ann", turn.session_id, 1).state != "running":
        time.sleep(0.05)
    with pytest.raises(Conflict):
        service.retry("ann", turn.session_id, 1, wishes=Wishes())
    with pytest.raises(NotFound):
        service.cancel("bob", turn.session_id, 1)
    service.delete_session("ann", turn.session_id)
    assert service.sizes() == (0, 0)
    with pytest.raises(NotFound):
        service.session("ann", turn.session_id)
    assert not list(service.settings.data_dir.glob("scripts/*"))


def test_turns_stay_within_what_may_be_read(service: Service, orders: FileSource) -> None:
    wishes = Wishes(read_roots=(str(service.uploads.folder("ann")),))
    turn = finished(service, "ann", service.submit("ann", "total", [orders], wishes=wishes))
    assert turn.error is not None
    assert turn.error.code == "source_unreadable"
    script = (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
        f"result = spark.read.csv({orders.uri!r})\n"
    )
    wishes = wishes.model_copy(update={"script": script})
    turn = finished(service, "ann", service.submit("ann", "", (), wishes=wishes))
    assert turn.error is not None
    assert turn.error.code == "source_unreadable"


def test_a_stopping_service_begins_nothing(service: Service, orders: FileSource) -> None:
    service.drain()
    with pytest.raises(Stopping):
        service.submit("ann", "total amount", [orders], wishes=Wishes())


def test_uploads_have_safe_names_and_limits(service: Service) -> None:
    for name, safe in (
        ("../../etc/passwd", "passwd"),
        (".hidden.csv", "hidden.csv"),
        ("/", "data"),
    ):
        assert service.uploads.add("ann", name, BytesIO(b"x"), max_bytes=9).name == safe
    with pytest.raises(UsageError, match="larger"):
        service.uploads.add("ann", "a", BytesIO(b"x" * 10), max_bytes=9)
    assert len(service.uploads.list("ann")) == 3
    assert not service.uploads.list("bob")


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.csv").touch()
    (tmp_path / "in/link.csv").symlink_to(tmp_path / "out.csv")
    roots = (str(tmp_path / "in"),)
    require_reach([f"{roots[0]}/a.csv", f"{roots[0]}/*.csv", "s3://bucket/a.csv"], roots)
    for path in (
        f"{roots[0]}/link.csv",
        f"{roots[0]}/../out.csv",
        str(tmp_path / "*.csv"),
        "a.csv",
    ):
        with pytest.raises(SourceUnreadable):
            require_reach([path], roots)
    require_reach([str(tmp_path / "out.csv")], None)


@pytest.mark.slow
def test_a_short_week(tmp_path: Path) -> None:
    days = list(live(tmp_path, int(os.environ.get("SOAK_TURNS", "42"))))
    assert [name for name in grown(days) if name != "memory"] == []
