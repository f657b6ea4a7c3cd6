"""Folders of turns go away, and several sources come together or not at all."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from spark_interpreter.errors import RunCancelled, SourceTooLarge, SourceUnavailable
from spark_interpreter.model import (
    ColumnProfile,
    GlueRead,
    GlueTable,
    Need,
    ResultColumn,
    Source,
    Staged,
    TableProfile,
    ValueCount,
)
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.supervisor import staging
from spark_interpreter.supervisor.staging import staging_folder, sweep

Bring = Callable[[TableProfile, Need, Path, Callable[[], bool]], object]


class Elsewhere:
    """A source that is as slow, as large or as broken as a test wants it."""

    def __init__(self, bring: Bring) -> None:
        self._bring = bring
        self.needs: list[Need] = []

    def profile(self, source: Source, *, name: str) -> TableProfile:
        raise NotImplementedError

    def widen(self, profile: TableProfile, mismatch: Exception) -> None:
        return None

    def find_values(
        self, profile: TableProfile, column: str, text: str, *, limit: int = 5
    ) -> Sequence[ValueCount]:
        return ()

    def stage(
        self, profile: TableProfile, need: Need, folder: Path, *, stopped: Callable[[], bool]
    ) -> tuple[Staged, ...]:
        self.needs.append(need)
        self._bring(profile, need, folder, stopped)
        return (Staged(location=need.location, paths=(str(folder),)),)


class Reached(Sources):
    """The facade, with one reader for everything."""

    def __init__(self, settings: Settings, bring: Bring) -> None:
        super().__init__(settings)
        self.reader = Elsewhere(bring)

    def _reader(self, source: Source) -> Elsewhere:
        return self.reader


def table(name: str) -> TableProfile:
    return TableProfile(
        name=name,
        label=name,
        source=GlueTable(database="d", table=name),
        columns=(ColumnProfile(name="id", header="id", type="bigint"),),
        read=GlueRead(database="d", table=name, format="parquet", location="s3://b/x"),
    )


def bring(
    tmp_path: Path, work: Bring, *, needs: Sequence[Need] = (),
    stopped: Callable[[], bool] = lambda: False, max_mb: int = 10,
) -> tuple[Reached, tuple[Staged, ...], list[int]]:  # fmt: skip
    sources = Reached(Settings(cache_dir=tmp_path / "cache", stage_max_mb=max_mb), work)
    told: list[int] = []
    copies = sources.stage(
        [table("a"), table("b")], needs, tmp_path / "turn", stopped=stopped, on_bytes=told.append
    )
    return sources, copies, told


def test_sources_come_side_by_side(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=20)

    def work(_profile: TableProfile, _need: Need, folder: Path, _stopped: object) -> None:
        both.wait()
        (folder / "x").write_bytes(b"1" * 1000)

    _, copies, told = bring(tmp_path, work)
    assert [copy.location for copy in copies] == ["d.a", "d.b"]
    assert copies[0].columns == (ResultColumn(name="id", type="bigint"),)
    assert told[-1] == 2000


def test_only_what_the_script_reads_is_brought(tmp_path: Path) -> None:
    need = Need(location="d.b", columns=("id",), where="id > 1")
    sources, copies, _ = bring(tmp_path, lambda *_: None, needs=(need,))
    assert [copy.location for copy in copies] == ["d.b"]
    assert sources.reader.needs == [need]


def test_a_failure_stops_the_others(tmp_path: Path) -> None:
    ended = threading.Event()

    def work(
        profile: TableProfile, _need: Need, _folder: Path, stopped: Callable[[], bool]
    ) -> None:
        if profile.name == "b":
            raise SourceUnavailable("b did not answer.")
        while not stopped():
            time.sleep(0.01)
        ended.set()

    with pytest.raises(SourceUnavailable, match="b did not answer"):
        bring(tmp_path, work)
    assert ended.wait(5)


def test_a_source_that_hangs_does_not_keep_a_cancelled_turn(tmp_path: Path) -> None:
    release = threading.Event()
    try:
        with pytest.raises(RunCancelled):
            bring(tmp_path, lambda *_: release.wait(60), stopped=lambda: True)
    finally:
        release.set()


def test_all_sources_together_have_one_limit(tmp_path: Path) -> None:
    def work(_profile: TableProfile, _need: Need, folder: Path, _stopped: object) -> None:
        (folder / "x").write_bytes(b"1" * 700_000)

    with pytest.raises(SourceTooLarge, match=r"1 MiB of a, b"):
        bring(tmp_path, work, max_mb=1)


def test_a_folder_lives_as_long_as_its_turn(tmp_path: Path) -> None:
    with staging_folder(tmp_path) as folder:
        (folder / "x").mkdir()
        (folder / "x/y").write_text("z")
    assert not list(tmp_path.iterdir())


def test_folders_of_killed_processes_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "turn-killed").mkdir()
    (tmp_path / "turn-killed/rows.parquet").write_text("x")
    (tmp_path / "turn-killed.lock").touch()
    with staging_folder(tmp_path) as folder:
        assert sweep(tmp_path) == 0, "both may have been made just now"
        monkeypatch.setattr(staging, "_YOUNG_SECONDS", -1.0)
        assert sweep(tmp_path) == 1
        assert folder.is_dir()
    assert not list(tmp_path.iterdir())
