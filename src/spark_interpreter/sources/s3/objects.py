"""Copies of objects on this machine: a folder of files named by bucket, key and ETag.

Copies are made, used and removed by the rules of the columnar cache: written beside their place
and renamed into it under a lock, the least recently used removed first.
"""

import hashlib
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.cache_folder import locked, shrink
from spark_interpreter.sources.s3.fetch import THREADS, Fetcher, side_by_side
from spark_interpreter.sources.s3.listing import ObjectRef


class ObjectCache:
    """The folder of copies.

    Args:
        max_mb: limit of the folder in MiB.
        in_use_seconds: a copy used more recently than this is never removed.
    """

    def __init__(
        self, folder: Path, fetcher: Fetcher, *, max_mb: int, in_use_seconds: float = 600
    ) -> None:
        self._folder = folder
        self._fetcher = fetcher
        self._max_bytes = max_mb * 1024 * 1024
        self._in_use_seconds = in_use_seconds

    def get(self, each: ObjectRef) -> Path | None:
        """The copy of exactly this version of an object, if there is one."""
        path = self._path(each)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def fetch(self, objects: Sequence[ObjectRef], *, stopped: Stopped) -> list[Path]:
        """The copies of objects, those that are missing made now, several at a time.

        Raises:
            SourceError: one is gone, has changed or cannot be read.
            RunCancelled: `stopped` said so.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = [each for each in objects if self.get(each) is None]
        work = [partial(self._make, each, stopped) for each in missing]
        side_by_side(work, THREADS, stopped)
        return [self._path(each) for each in objects]

    def shrink(self) -> None:
        """Remove the least recently used copies until the folder is within its limit."""
        shrink(self._folder, "*.object", self._max_bytes, self._in_use_seconds)

    def _make(self, each: ObjectRef, stopped: Stopped) -> None:
        path = self._path(each)
        with locked(path.with_suffix(".lock"), stopped):
            if self.get(each) is not None:
                return
            self._remove_leftovers(path)
            scratch = path.with_suffix(f".{os.getpid()}.tmp")
            try:
                self._fetcher.download(each, scratch, stopped)
                scratch.replace(path)
            finally:
                scratch.unlink(missing_ok=True)

    def _remove_leftovers(self, path: Path) -> None:
        """Scratch files of processes that were killed; the caller holds the object's lock."""
        for leftover in self._folder.glob(f"{path.stem}.*tmp"):
            leftover.unlink(missing_ok=True)

    def _path(self, each: ObjectRef) -> Path:
        name = "\0".join((each.bucket, each.key, each.etag, str(each.size)))
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:40]}.object"


def place(copy: Path, target: Path) -> None:
    """Let a copy stand under another name; as the same file where the disk allows it.

    A link keeps the bytes even if the copy is removed from the cache meanwhile.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        try:
            os.link(copy, target)
        except FileExistsError:
            raise
        except OSError:
            shutil.copyfile(copy, target)
