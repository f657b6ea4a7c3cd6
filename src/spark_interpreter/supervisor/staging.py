"""Folders for what a turn brings to this machine; gone with the turn, whatever ends it."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_YOUNG_SECONDS = 60.0
"""A folder this young may belong to a process that has not locked it yet."""


@contextmanager
def staging_folder(base: Path) -> Iterator[Path]:
    """A new folder below `base` that is removed afterwards.

    Its owner holds a lock as long as it lives, so that folders of processes that were killed
    can be told from those in use, by whatever process and in whatever container.
    """
    base.mkdir(parents=True, exist_ok=True)
    sweep(base)
    handle, lock = tempfile.mkstemp(prefix="turn-", suffix=".lock", dir=base)
    folder = Path(lock).with_suffix("")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        folder.mkdir()
        yield folder
    finally:
        _remove(Path(lock))
        os.close(handle)


def sweep(base: Path) -> int:
    """Remove what killed processes have left below `base`, and count it."""
    removed = 0
    for lock in {path.with_suffix(".lock") for path in base.glob("turn-*")}:
        with suppress(OSError):
            removed += _remove_if_left(lock)
    return removed


def _remove_if_left(lock: Path) -> bool:
    if not lock.exists():
        lock.touch()
        return False
    with lock.open("rb") as file:
        if time.time() - os.fstat(file.fileno()).st_mtime < _YOUNG_SECONDS:
            return False
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(lock)
        return True


def _remove(lock: Path) -> None:
    shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
    lock.unlink(missing_ok=True)
