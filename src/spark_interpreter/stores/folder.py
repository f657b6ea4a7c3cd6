"""Artifacts in a folder of this machine."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from spark_interpreter.errors import NotFound, StoreError
from spark_interpreter.replacing import replacing
from spark_interpreter.stores.ids import folder_name


class FolderArtifactStore:
    """An `ArtifactStore` under one root folder; URIs are absolute paths.

    `scripts/<session>/<turn>.py`, `output/<session>/<turn>/`, `logs/<platform>/<run>/`.
    A file appears whole or not at all, whenever the process is killed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def script_uri(self, session_id: str, turn: int) -> str:
        return str(self._session_dir("scripts", session_id) / f"{_turn(turn)}.py")

    def output_uri(self, session_id: str, turn: int) -> str:
        return str(self._session_dir("output", session_id) / _turn(turn))

    def log_dir(self, platform: str, run_id: str) -> Path:
        path = self._root / "logs" / folder_name("platform", platform) / folder_name("run", run_id)
        with _errors(path):
            _make(path)
        return path

    def write_text(self, uri: str, text: str) -> None:
        path = self._inside(uri)
        with _errors(path):
            _make(path.parent)
            _write(path, text.encode())

    def read_text(self, uri: str) -> str:
        path = self._inside(uri)
        with _errors(path):
            return path.read_bytes().decode()

    def clear_output(self, session_id: str, turn: int) -> None:
        _remove(Path(self.output_uri(session_id, turn)))

    def delete_session(self, session_id: str) -> None:
        _remove(self._session_dir("scripts", session_id))
        _remove(self._session_dir("output", session_id))
        run = re.compile(re.escape(session_id) + r"-\d+")
        for path in self._root.glob("logs/*/*"):
            if run.fullmatch(path.name):
                _remove(path)

    def remove_expired(self, *, output: datetime | None, logs: datetime | None) -> int:
        return self._remove_older("output", output) + self._remove_older("logs", logs)

    def check(self) -> None:
        with _errors(self._root):
            _make(self._root)
            with tempfile.TemporaryFile(dir=self._root):
                pass

    def _remove_older(self, section: str, before: datetime | None) -> int:
        """Remove the folders two levels below a section, and those above them that are empty."""
        if before is None:
            return 0
        removed = 0
        for path in self._root.glob(f"{section}/*/*"):
            with _errors(path), suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    _remove(path)
                    removed += 1
        if section == "output":
            for path in self._root.glob(f"{section}/*"):
                with suppress(OSError):
                    path.rmdir()
        return removed

    def _session_dir(self, section: str, session_id: str) -> Path:
        return self._root / section / folder_name("session", session_id)

    def _inside(self, uri: str) -> Path:
        path = Path(uri)
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise NotFound(f"There is no artifact {uri}.")
        return path


def _turn(number: int) -> str:
    if number < 1:
        raise NotFound(f"There is no turn {number}.")
    return str(number)


def _make(folder: Path) -> None:
    """The folder and the missing ones above it, open to their owner only."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    with replacing(path, durable=True) as file:
        file.write(data)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    with _errors(path):
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"There is no artifact {path}.") from error
    except (OSError, UnicodeError) as error:
        raise StoreError(
            f"The artifact {path} cannot be read or written: {error}.",
            remedy="Check the folder's permissions and free space, or set data_dir.",
        ) from error
