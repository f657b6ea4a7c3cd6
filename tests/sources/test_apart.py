"""Large documents and workbooks are read in a process that can be ended at any time."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spark_interpreter import Settings
from spark_interpreter.cancellation import Cancellation, cancelled_by
from spark_interpreter.errors import RunCancelled, SourceUnreadable
from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.sources import Sources
from spark_interpreter.sources.files.apart import LARGE_BYTES, apart


def children(of: int) -> list[int]:
    """Processes that a process has started and that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == of:
            found.append(int(stat.parent.name))
    return found


def alive(process: int) -> bool:
    """Whether it still runs; one that nobody has asked for its end does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def document(path: Path, rows: int, padding: int) -> FileSource:
    path.write_text(
        json.dumps([{"id": n, "town": f"town {n % 7}", "note": "x" * padding} for n in range(rows)])
    )
    return FileSource(uri=str(path))


def profile(source: FileSource, cache: Path) -> TableProfile:
    (found,) = Sources(Settings(cache_dir=cache, data_dir=cache)).profile([source])
    return found


def test_a_large_document_is_known_like_a_small_one(tmp_path: Path) -> None:
    small = profile(document(tmp_path / "small.json", 1000, 1), tmp_path / "cache")
    large = profile(
        document(tmp_path / "large.json", 1000, LARGE_BYTES // 1000), tmp_path / "cache"
    )
    assert (large.byte_count or 0) > LARGE_BYTES
    assert large.row_count == small.row_count == 1000
    assert [(c.name, c.type) for c in large.columns] == [(c.name, c.type) for c in small.columns]
    assert large.read.columnar
    assert not [p for p in (tmp_path / "cache/columnar").iterdir() if p.name.endswith("tmp")]


def test_a_large_document_that_is_broken(tmp_path: Path) -> None:
    source = document(tmp_path / "broken.json", 1000, LARGE_BYTES // 1000)
    with Path(source.uri).open("a") as file:
        file.write('{"id": ')
    with pytest.raises(SourceUnreadable, match=r"'broken.json' (is not valid JSON|cannot be conv)"):
        profile(source, tmp_path / "cache")


def test_cancelling_leaves_no_process(tmp_path: Path) -> None:
    source = document(tmp_path / "large.json", 2000, LARGE_BYTES // 400)
    before = set(children(os.getpid()))
    cancellation = Cancellation()

    def cancel() -> None:
        while not set(children(os.getpid())) - before:
            time.sleep(0.01)
        cancellation.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    with cancelled_by(cancellation), pytest.raises(RunCancelled):
        profile(source, tmp_path / "cache")
    assert not set(children(os.getpid())) - before


def test_work_that_is_not_begun_when_cancelled() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    before = set(children(os.getpid()))
    with cancelled_by(cancellation), pytest.raises(RunCancelled):
        apart(time.sleep, 600)
    assert not set(children(os.getpid())) - before


def test_a_process_that_is_killed_is_told() -> None:
    with pytest.raises(SourceUnreadable, match="lack of memory"):
        apart(signal.raise_signal, signal.SIGKILL)


def test_it_ends_with_the_one_who_asked() -> None:
    program = "import time; from spark_interpreter.sources.files.apart import apart; "
    with subprocess.Popen([sys.executable, "-c", f"{program}apart(time.sleep, 600)"]) as asking:
        deadline = time.monotonic() + 30
        while not (found := children(asking.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        asking.kill()
    assert len(found) == 1
    while alive(found[0]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(found[0])
