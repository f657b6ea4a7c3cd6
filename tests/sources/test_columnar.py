"""The columnar cache: right values in file order, whole or absent, within its size."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.sources.files.columnar import ColumnarCache

ROWS = 150_000


def big_csv(folder: Path, name: str = "big.csv", rows: int = ROWS) -> FileSource:
    lines = (
        f"{i},{i}.25,2024-01-0{i % 9 + 1},place {i % 7},{'N/A' if i % 5 else i}\n"
        for i in range(rows)
    )
    (folder / name).write_text("id,v,day,place,q\n" + "".join(lines))
    return FileSource(uri=str(folder / name))


def profiled(sources: Sources, source: FileSource) -> TableProfile:
    (profile,) = sources.profile([source])
    return profile


def test_the_copy_has_the_values_of_the_strict_read(sources: Sources, tmp_path: Path) -> None:
    source = big_csv(tmp_path)
    profile = profiled(sources, source)
    assert profile.read.columnar is None
    assert sources.worth_caching(profile)
    path = sources.build_cache(profile)
    assert path is not None
    table = pq.read_table(path)
    assert table.column("id").to_pylist() == list(range(ROWS))
    assert [str(f.type) for f in table.schema] == [
        "int64",
        "double",
        "date32[day]",
        "string",
        "int64",
    ]
    assert table.column("q").null_count == ROWS - ROWS // 5
    later = profiled(sources, source)
    assert later.read.columnar == path == sources.cached(later)
    assert not sources.worth_caching(later)
    (issue,) = later.issues
    assert (issue.kind, issue.count, issue.scope) == ("null_tokens", ROWS - ROWS // 5, "whole")


def test_a_changed_file_is_noticed(sources: Sources, tmp_path: Path) -> None:
    source = big_csv(tmp_path)
    sources.build_cache(profiled(sources, source))
    big_csv(tmp_path, rows=ROWS + 1)
    assert profiled(sources, source).read.columnar is None


def test_a_misfit_teaches_the_next_profile(sources: Sources, tmp_path: Path) -> None:
    source = big_csv(tmp_path)
    path = tmp_path / "big.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines[ROWS - 4_000] = "x,1.5,2024-01-01,place,1\n"
    path.write_text("".join(lines))
    assert profiled(sources, source).column("id").type == "bigint"
    assert sources.build_cache(profiled(sources, source)) is not None
    later = profiled(sources, source)
    assert later.read.columnar is not None
    assert [(i.column, i.examples) for i in later.issues if i.kind == "unreadable"] == [
        ("id", ("x",))
    ]


def test_off(tmp_path: Path) -> None:
    sources = Sources(Settings(cache_dir=tmp_path / "cache", cache_max_mb=0))
    profile = profiled(sources, big_csv(tmp_path))
    assert not sources.worth_caching(profile)
    assert sources.build_cache(profile) is None


def test_the_least_recently_used_go_first(sources: Sources, tmp_path: Path) -> None:
    profiles = [profiled(sources, big_csv(tmp_path, f"{n}.csv", 20_000 + n)) for n in range(4)]
    cache = ColumnarCache(tmp_path / "small", max_mb=10, in_use_seconds=0)
    paths = [cache.build(p) for p in profiles[:3]]
    for age, path in zip((30, 10, 20), paths, strict=True):
        os.utime(path, (time.time() - age, time.time() - age))
    size = paths[0].stat().st_size
    limited = ColumnarCache(tmp_path / "small", max_mb=0, in_use_seconds=0)
    limited._max_bytes = int(size * 2.5)
    newest = limited.build(profiles[3])
    assert [p.exists() for p in paths] == [False, True, False]
    assert newest.exists()


def test_copies_in_use_stay(sources: Sources, tmp_path: Path) -> None:
    cache = ColumnarCache(tmp_path / "small", max_mb=0, in_use_seconds=60)
    first = cache.build(profiled(sources, big_csv(tmp_path, "a.csv", 1000)))
    cache.build(profiled(sources, big_csv(tmp_path, "b.csv", 1001)))
    assert first.exists()


BUILDER = """
import sys
from pathlib import Path
from spark_interpreter.model import FileSource
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
sources = Sources(Settings(cache_dir=Path(sys.argv[1])))
print(sources.build_cache(sources.profile([FileSource(uri=sys.argv[2])])[0]))
"""


def builder(folder: Path, source: FileSource) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", BUILDER, str(folder / "cache"), source.uri]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_concurrent_builders_agree(sources: Sources, tmp_path: Path) -> None:
    source = big_csv(tmp_path)
    builders = [builder(tmp_path, source) for _ in range(3)]
    paths = {b.communicate(timeout=90)[0].strip() for b in builders}
    assert len(paths) == 1
    assert pq.read_metadata(paths.pop()).num_rows == ROWS
    assert not list((tmp_path / "cache/columnar").glob("*tmp"))


@pytest.mark.parametrize("delay", [0.7, 1.3])
def test_a_killed_builder_leaves_nothing_wrong(
    sources: Sources, tmp_path: Path, delay: float
) -> None:
    source = big_csv(tmp_path, rows=600_000)
    process = builder(tmp_path, source)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    profile = profiled(sources, source)
    if profile.read.columnar:
        assert pq.read_metadata(profile.read.columnar).num_rows == 600_000
    path = sources.build_cache(profile)
    assert path is not None
    assert pq.read_metadata(path).num_rows == 600_000
    assert not list((tmp_path / "cache/columnar").glob("*tmp"))
