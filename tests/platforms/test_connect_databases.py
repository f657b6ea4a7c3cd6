"""A cluster reads the tables of databases from copies, and never gets their passwords."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from spark_interpreter import Answer, Interpreter, Settings
from spark_interpreter.errors import SourceTooLarge
from spark_interpreter.model import (
    Job,
    Need,
    Placement,
    PlatformName,
    PostgresTable,
    Run,
    Staged,
    now,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.connect.copies import in_storage
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.selection import Demand
from spark_interpreter.storage import Storage
from spark_interpreter.supervisor.placing import Placing
from spark_interpreter.supervisor.service import Service
from tests.platforms.jobs import execute, make_job, rows
from tests.servers.moto import KEYS, REGION, Aws
from tests.servers.planted import PASSWORD
from tests.servers.sail import listening_sail, sail_home
from tests.servers.spark import connect_settings
from tests.sources.postgres.conftest import MakeShop, Shop, make_shop

__all__ = ["make_shop"]

SALES = PostgresTable(connection="shop", table="sales")
QUESTION = "total amount by region in 2025"
TABLES = """
CREATE TABLE sales (region text, sold_on date, amount numeric(10,2), secret_note text);
INSERT INTO sales VALUES
    ('North', '2025-03-01', 1.10, 'x'), ('North', '2025-03-31', 2.20, 'x'),
    ('Süd', '2025-04-05', 5, NULL), ('Süd', '2024-04-01', 100, NULL)
"""
EVERY_TYPE = r"""
CREATE TABLE every (
    id int, small smallint, big bigint, price numeric(10,2), free numeric, single real,
    twice double precision, yes boolean, word text, day date, at timestamp, moment timestamptz,
    raw bytea, key uuid, doc jsonb, hour time
);
INSERT INTO every VALUES (
    1, 2, 9007199254740993, 1.10, 12345678901234.5678, 0.5, 0.1, true, 'Ünïcödé 🦊',
    '1969-12-31', '2025-03-30 02:30:00.123456', '2025-03-30 02:30:00+02', '\x00ff',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', '23:59:59'
);
INSERT INTO every (id) VALUES (2)
"""


@pytest.fixture
def shop(make_shop: MakeShop) -> Shop:
    return make_shop(TABLES)


@contextmanager
def asking(shop: Shop, **settings: object) -> Iterator[Interpreter]:
    with Interpreter(Settings(**shop.settings.model_dump() | settings)) as interpreter:
        yield interpreter


def ask(shop: Shop, **settings: object) -> Answer:
    with asking(shop, **settings) as interpreter:
        return interpreter.ask(QUESTION, [SALES], platform="connect")


def check(answer: Answer) -> None:
    assert answer.ok, answer.document
    assert answer.turn.run is not None
    assert answer.turn.run.platform == "connect"
    assert {region: float(str(total)) for region, total in answer.rows} == {
        "North": 3.3,
        "Süd": 5.0,
    }


def test_a_local_spark_reads_what_was_fetched(shop: Shop, tmp_path: Path) -> None:
    """The needed columns and rows alone leave the database, and nothing stays behind."""
    since = len(shop.server.log())
    answer = ask(shop, connect={"spark_home": str(sail_home(tmp_path / "home"))})
    check(answer)
    assert "stage" in (answer.turn.run.timings if answer.turn.run else {})
    copied = [each for each in shop.server.statements(since) if each.startswith("COPY")][-1]
    assert "amount" in copied
    assert "secret_note" not in copied
    assert not list((shop.settings.cache_dir / "staged").iterdir())
    assert PASSWORD not in answer.turn.model_dump_json()


def test_a_cluster_that_can_read_no_copy_is_refused(shop: Shop) -> None:
    answer = ask(shop, connect={"url": "sc://cluster.example:15002"})
    assert answer.document.error is not None
    assert answer.document.error.code == "placement"
    assert "storage_uri" in answer.document.error.message
    assert answer.turn.run is None


@pytest.mark.parametrize(
    ("connect", "readable"),
    [
        ({"master": "local[2]"}, True),
        ({"master": "spark://localhost:7077"}, True),
        ({"master": "spark://cluster.example:7077"}, False),
        ({"master": "spark://cluster.example:7077", "shares_files": True}, True),
        ({"master": "yarn"}, False),
        ({"url": "sc://127.0.0.1:15002"}, True),
        ({"url": "sc://127.0.0.1:15002", "shares_files": False}, False),
    ],
)
def test_copies_are_here_for_workers_that_are_here(
    shop: Shop, embedded: EmbeddedPlatform, connect: dict[str, object], readable: bool
) -> None:
    profile = shop.profile("sales")
    platform = ConnectPlatform(Settings(connect={"spark_home": "/spark", **connect}), embedded)
    assert (platform.cannot_read(profile) is None) is readable
    stored = Settings(connect={"spark_home": "/spark", **connect}, storage_uri="s3://bucket")
    assert ConnectPlatform(stored, embedded).cannot_read(profile) is None


def test_a_cluster_elsewhere_reads_from_s3(shop: Shop, tmp_path: Path, aws: Aws) -> None:
    bucket = aws.new_bucket()
    way = {"AWS_ENDPOINT": aws.url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": REGION, **KEYS}
    with listening_sail(tmp_path, way) as port:
        connect = {"url": f"sc://127.0.0.1:{port}", "shares_files": False}
        check(ask(shop, connect=connect, storage_uri=f"s3://{bucket}/base"))
    assert not aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents")


def test_what_a_killed_service_left_in_s3_is_removed(aws: Aws, tmp_path: Path) -> None:
    """Copies of our own alone, and only those that no run can still need."""
    bucket = aws.new_bucket()
    copy = tmp_path / "part.parquet"
    copy.write_bytes(b"PAR1")
    storage = Storage(f"s3://{bucket}/base")
    left = [
        in_storage([Staged(location="t", paths=(str(copy),))], storage, run)
        for run in ("s-1", "s-2")
    ]
    for each in left:  # and never leave it
        each.__enter__()
    aws.put(bucket, "base/staged/somebody/0/part.parquet", b"not ours")
    settings = Settings(
        data_dir=tmp_path / "data", cache_dir=tmp_path / "cache",
        storage_uri=storage.base, connect={"url": "sc://cluster.example:15002", "seconds": 600},
    )  # fmt: skip
    service = Service(settings)
    try:
        keeping = service._housekeeping
        assert keeping.clean(now() + timedelta(days=1)) == 0
        assert keeping.clean(now() + timedelta(days=1, seconds=700)) == 2
    finally:
        service.stop()
    assert [each.name for each in storage.list(storage.uri("staged"))] == [
        "somebody/0/part.parquet"
    ]


def test_what_is_too_large_to_be_copied_is_not_copied_again(
    shop: Shop, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    settings = Settings(connect={"spark_home": str(sail_home(tmp_path / "home"))})
    platforms: dict[PlatformName, Platform] = {
        "local": embedded,
        "connect": ConnectPlatform(settings, embedded),
    }
    placing = Placing(platforms, settings, None, Demand([shop.profile("sales")]))

    def too_large(_: Placement) -> Run:
        raise SourceTooLarge("It is too large.", remedy="Ask for less.")

    with pytest.raises(SourceTooLarge) as caught:
        placing.carry(too_large, tell=lambda _: None)
    assert caught.value.remedy == "Ask for less."


def all_of(shop: Shop, folder: Path) -> Job:
    """A job that gives back a table as it is, with its copy."""
    profile = shop.profile("every")
    folder.mkdir()
    need = Need(location=profile.read.locations[0])
    (copy,) = shop.reader.stage(profile, need, folder, stopped=lambda: False)
    url, _, table = copy.location.partition(" ")
    body = (
        f'result = spark.read.format("jdbc").option("url", {url!r}).option("dbtable", {table!r})'
        '.load().orderBy("id")'
    )
    columns = tuple({"name": c.name, "type": c.type} for c in profile.columns)
    staged = Staged.model_validate(copy.model_dump() | {"columns": columns})
    return make_job(folder, body).model_copy(update={"staged": (staged,)})


@pytest.mark.clusters
@pytest.mark.parity
@pytest.mark.jars
@pytest.mark.xdist_group("connect")
def test_every_type_is_the_same_on_apache_spark(
    make_shop: MakeShop, embedded: EmbeddedPlatform, tmp_path: Path
) -> None:
    shop = make_shop(EVERY_TYPE)
    spark = ConnectPlatform(Settings(connect=connect_settings()), embedded)
    found = []
    platforms: dict[str, Platform] = {"here": embedded, "spark": spark}
    try:
        for name, platform in platforms.items():
            job = all_of(shop, tmp_path / name)
            execute(platform, job)
            found.append(rows(job))
    finally:
        spark.close()
    assert found[0] == found[1]
    assert [row["id"] for row in found[0]] == [1, 2]
    assert set(found[0][1].values()) == {2, None}
