"""Folders of copies that several processes make, use and remove at the same time."""

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import RunCancelled

_LOCK_SECONDS = 0.02


@contextlib.contextmanager
def locked(path: Path, stopped: Callable[[], bool] | None = None) -> Iterator[None]:
    """Hold an exclusive lock; the system releases it when the process ends in any way.

    Raises:
        RunCancelled: this thread's work is to stop, or `stopped` said so, before it was free.
    """
    with path.open("w") as file:
        while not _taken(file):
            stop_if_cancelled()
            if stopped is not None and stopped():
                raise RunCancelled("Cancelled while another process fetched the same data.")
            time.sleep(_LOCK_SECONDS)
        yield


def shrink(
    folder: Path,
    pattern: str,
    max_bytes: int,
    in_use_seconds: float,
    *,
    keep: Path | None = None,
    companions: tuple[str, ...] = (".lock",),
) -> None:
    """Remove the least recently used copies until the folder is within its limit.

    A copy's modification time is when it was last used.

    Args:
        pattern: the names of copies.
        in_use_seconds: a copy used more recently than this is never removed.
        companions: endings of the files that go with a copy.
    """
    copies = sorted((_last_use(p), p) for p in folder.glob(pattern))
    total = sum(_size(p) for _, p in copies)
    for used, path in copies:
        if total <= max_bytes:
            return
        if path == keep or time.time() - used < in_use_seconds:
            continue
        total -= _size(path)
        for file in (path, *(path.with_suffix(ending) for ending in companions)):
            file.unlink(missing_ok=True)


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
