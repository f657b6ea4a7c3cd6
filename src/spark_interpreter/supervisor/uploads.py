"""The users' own files."""

import hashlib
import re
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from spark_interpreter.errors import NotFound, StoreError, UsageError
from spark_interpreter.model import FileSource, Model, Source

SCHEME = "upload:"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w.() -]+")
_MAX_NAME = 120
_CHUNK = 1024 * 1024


class Upload(Model):
    """A file of a user.

    Attributes:
        uri: what a request names it by.
        name: the file's name.
        bytes: its size.
    """

    id: str
    uri: str
    name: str
    bytes: int
    created: datetime


class Uploads:
    """Keeps `<root>/<owner>/<id>/<name>`; a file is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def folder(self, owner: str) -> Path:
        """Where all files of a user are."""
        return self._root / hashlib.sha256(owner.encode()).hexdigest()[:32]

    def add(self, owner: str, name: str, content: BinaryIO, *, max_bytes: int) -> Upload:
        """Keep a file.

        Raises:
            UsageError: it is empty, or larger than allowed.
        """
        upload_id = uuid.uuid4().hex
        folder = self.folder(owner) / upload_id
        hidden = folder.with_name(f".{upload_id}")
        try:
            hidden.mkdir(parents=True, mode=0o700)
            size = _copy(content, hidden / _safe(name), max_bytes)
            if not size:
                raise UsageError("The file is empty.", remedy="Upload a file with data.")
            hidden.rename(folder)
        except OSError as error:
            raise StoreError(f"The file cannot be kept: {error.strerror}.") from error
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
        return self.get(owner, upload_id)

    def get(self, owner: str, upload_id: str) -> Upload:
        """What is known of a file.

        Raises:
            NotFound: the user has no such file.
        """
        path = self.path(owner, upload_id)
        stat = path.stat()
        return Upload(
            id=upload_id,
            uri=f"{SCHEME}{upload_id}",
            name=path.name,
            bytes=stat.st_size,
            created=datetime.fromtimestamp(stat.st_mtime, UTC),
        )

    def list(self, owner: str) -> Sequence[Upload]:
        """The user's files, latest first."""
        ids = [p.name for p in self.folder(owner).glob("*") if _ID.fullmatch(p.name)]
        return sorted((self.get(owner, i) for i in ids), key=lambda u: u.created, reverse=True)

    def path(self, owner: str, upload_id: str) -> Path:
        """Where a file is.

        Raises:
            NotFound: the user has no such file.
        """
        if _ID.fullmatch(upload_id):
            for path in (self.folder(owner) / upload_id).glob("*"):
                return path
        raise NotFound(f"There is no upload {upload_id[:64]}.", remedy="Upload the file again.")

    def delete(self, owner: str, upload_id: str) -> None:
        """Remove a file.

        Raises:
            NotFound: the user has no such file.
        """
        shutil.rmtree(self.path(owner, upload_id).parent)

    def resolve(self, owner: str, source: Source) -> Source:
        """The source with an upload's URI replaced by the file's path.

        Raises:
            NotFound: the user has no such file.
        """
        if isinstance(source, FileSource) and source.uri.startswith(SCHEME):
            path = self.path(owner, source.uri.removeprefix(SCHEME))
            return source.model_copy(update={"uri": str(path)})
        return source

    def remove_expired(self, before: datetime) -> int:
        """Remove files that were uploaded before then, and count them."""
        removed = 0
        for folder in self._root.glob("*/*"):
            with suppress(FileNotFoundError):  # its owner removed it just now
                if folder.stat().st_mtime < before.timestamp():
                    shutil.rmtree(folder)
                    removed += 1
        return removed


def _copy(content: BinaryIO, path: Path, max_bytes: int) -> int:
    size = 0
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise UsageError(
                    f"The file is larger than {max_bytes / 1024 / 1024:,.0f} MiB.",
                    remedy="Upload a smaller one, or ask the operator to raise the limit.",
                )
            file.write(chunk)
    path.chmod(0o600)
    return size


def _safe(name: str) -> str:
    """The file's own name without folders and characters that are trouble."""
    last = re.split(r"[\\/]", name)[-1]
    clean = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, ending = clean.rpartition(".")
    return (
        f"{(stem or ending)[:_MAX_NAME]}{dot if stem else ''}{ending[:20] if stem else ''}"
        or "data"
    )
