"""S3 that fails: what is tried again, what is told, and that nothing waits for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.aws import ATTEMPTS, AwsClients
from spark_interpreter.errors import (
    RunCancelled,
    SourceDenied,
    SourceError,
    SourceUnavailable,
)
from spark_interpreter.model import FileSource
from spark_interpreter.settings import Settings
from spark_interpreter.sources.s3.fetch import Fetcher, side_by_side
from spark_interpreter.sources.s3.listing import ObjectRef
from spark_interpreter.sources.s3.objects import ObjectCache
from spark_interpreter.sources.s3.reader import S3Reader
from tests.servers.faulty_s3 import Fault, FaultyS3, faulty_s3
from tests.servers.moto import aws_settings

BODY = b"id,city\n" + b"1,Rome\n" * 200_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    with faulty_s3() as running:
        aws_settings(monkeypatch, running.url)
        running.objects = {"t.csv": BODY}
        yield running


@pytest.fixture
def fetcher(server: FaultyS3) -> Fetcher:
    return Fetcher(AwsClients(read_seconds=1))


@pytest.fixture
def cache(fetcher: Fetcher, tmp_path: Path) -> ObjectCache:
    return ObjectCache(tmp_path / "objects", fetcher, max_mb=100)


def whole() -> ObjectRef:
    return ObjectRef("bucket", "t.csv", len(BODY), '"1"')


def go_on() -> bool:
    return False


@pytest.mark.parametrize("fault", ["slow_down", "broken", "reset", "cut", "stall"])
def test_what_passes_is_tried_again_and_goes_on_where_it_stopped(
    server: FaultyS3, cache: ObjectCache, fault: Fault
) -> None:
    server.on_object = [fault]
    (path,) = cache.fetch([whole()], stopped=go_on)
    assert path.read_bytes() == BODY
    if fault in {"cut", "stall"}:  # a reset may take along what had already arrived
        assert server.ranges[0] == 0
        assert server.ranges[-1] > 0


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_what_does_not_pass_is_told(server: FaultyS3, cache: ObjectCache, fault: Fault) -> None:
    server.objects["t.csv"] = b"x"
    server.on_object = [fault] * 50
    with pytest.raises(SourceUnavailable, match=r"'s3://bucket/t.csv' cannot be read"):
        cache.fetch([whole()._replace(size=1)], stopped=go_on)
    assert len(server.ranges) == ATTEMPTS
    assert not list(cache._folder.glob("*.object"))
    assert not list(cache._folder.glob("*.tmp"))


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ("denied", SourceDenied, "may not be read with these AWS credentials"),
        ("expired", SourceDenied, "credentials have expired"),
        ("moved", SourceDenied, "is in the region eu-west-1"),
        ("changed", SourceUnavailable, "changed while it was read"),
        ("slow_down", SourceUnavailable, "asks for fewer requests"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    server: FaultyS3, cache: ObjectCache, fault: Fault, error: type[SourceError], words: str
) -> None:
    server.on_object = [fault] * 10
    with pytest.raises(error, match=words) as caught:
        cache.fetch([whole()], stopped=go_on)
    assert caught.value.message.startswith("'s3://bucket/t.csv'")
    assert caught.value.remedy


def test_a_bucket_that_may_not_be_listed(server: FaultyS3, tmp_path: Path) -> None:
    server.on_list = ["denied"]
    reader = S3Reader(Settings(cache_dir=tmp_path, data_dir=tmp_path), AwsClients())
    with pytest.raises(SourceDenied, match="for permission"):
        reader.profile(FileSource(uri="s3://bucket/t.csv"), name="t")


def test_a_profile_of_parquet_reads_a_small_part_of_it(server: FaultyS3, tmp_path: Path) -> None:
    table = pa.table({"id": range(200_000), "text": [f"{n:x}" for n in range(200_000)]})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, row_group_size=5000)
    body = buffer.getvalue().to_pybytes()
    server.objects = {f"p/{n}.parquet": body for n in range(5)}
    reader = S3Reader(Settings(cache_dir=tmp_path, data_dir=tmp_path), AwsClients())
    profile = reader.profile(FileSource(uri="s3://bucket/p"), name="p")
    assert (profile.row_count, profile.row_count_exact) == (1_000_000, True)
    assert profile.column("id").maximum == 199_999  # of the last row group
    assert server.asked < len(body)


def test_cancelling_does_not_wait_for_an_answer(server: FaultyS3, tmp_path: Path) -> None:
    patient = ObjectCache(tmp_path / "o", Fetcher(AwsClients(read_seconds=60)), max_mb=100)
    server.on_object = ["stall"]
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(RunCancelled):
        patient.fetch([whole()], stopped=stop.is_set)
    server.release.set()


def test_the_first_failure_ends_the_others() -> None:
    begun: list[int] = []

    def piece(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise SourceUnavailable("first")
        time.sleep(0.02)

    with pytest.raises(SourceUnavailable, match="first"):
        side_by_side([partial(piece, n) for n in range(500)], 4, go_on)
    assert len(begun) < 500


def test_many_who_ask_at_once_fetch_once(server: FaultyS3, tmp_path: Path) -> None:
    fetched: list[ObjectRef] = []

    class Counting(Fetcher):
        def download(self, each: ObjectRef, target: Path, stopped: Callable[[], bool]) -> None:
            fetched.append(each)
            super().download(each, target, stopped)

    cache = ObjectCache(tmp_path / "o", Counting(AwsClients()), max_mb=100)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: cache.fetch([whole()], stopped=go_on), range(8)))
    assert {path.read_bytes() for (path,) in found} == {BODY}
    assert fetched == [whole()]


def test_leftovers_of_killed_processes_are_cleared(server: FaultyS3, cache: ObjectCache) -> None:
    path = cache._path(whole())
    path.parent.mkdir(parents=True)
    left = path.with_suffix(".99999.tmp")
    left.write_bytes(b"half")
    cache.fetch([whole()], stopped=go_on)
    assert not left.exists()
    assert path.read_bytes() == BODY


def test_the_least_recently_used_go_first(
    server: FaultyS3, fetcher: Fetcher, tmp_path: Path
) -> None:
    import os

    small = ObjectCache(tmp_path / "o", fetcher, max_mb=3, in_use_seconds=1)
    refs = [whole()._replace(etag=f'"{n}"') for n in range(3)]
    paths = small.fetch(refs, stopped=go_on)
    for age, path in zip((300, 200, 100), paths, strict=True):
        os.utime(path, (time.time() - age,) * 2)
    small.shrink()
    assert [path.exists() for path in paths] == [False, True, True]
