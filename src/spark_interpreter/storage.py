"""The bucket that platforms elsewhere share with us: scripts, output, logs, jars."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from spark_interpreter.aws import AwsClients, aws_errors
from spark_interpreter.errors import NotFound, SourceError, SourceNotFound, StoreError

_DELETE_AT_ONCE = 1000
T = TypeVar("T")


class StoredObject(NamedTuple):
    """An object below a prefix: its name relative to the prefix, and its size in bytes."""

    name: str
    bytes: int


class _SameContext(ThreadPoolExecutor):
    """Works in the context of whoever hands the work over."""

    def submit(self, work: Callable[..., T], /, *given: Any, **named: Any) -> Future[T]:
        return super().submit(copy_context().run, work, *given, **named)


class Storage:
    """Reads and writes objects by their `s3://` URIs. Safe to share between threads.

    Args:
        base: `s3://bucket[/prefix]` below which `scripts/`, `output/`, `logs/` and `jars/` are;
            empty where there is none, which leaves only URIs that others name.

    All methods raise `NotFound` for what is not there, and `StoreError` when S3 cannot be used.
    """

    def __init__(self, base: str = "", *, clients: AwsClients | None = None) -> None:
        self.base = base.rstrip("/")
        self._clients = clients or AwsClients()

    def uri(self, *parts: str) -> str:
        """A URI below the base."""
        return "/".join((self.base, *parts))

    def output_uri(self, session_id: str, turn: int) -> str:
        """Where a run elsewhere writes the result of a turn."""
        return self.uri("output", session_id, str(turn))

    def script_uri(self, session_id: str, turn: int) -> str:
        """Where platforms elsewhere find the script of a turn."""
        return self.uri("scripts", session_id, f"{turn}.py")

    def put_text(self, uri: str, text: str) -> None:
        bucket, key = _place(uri)
        with _errors(uri, "written"):
            self._s3.put_object(Bucket=bucket, Key=key, Body=text.encode())

    def read_bytes(self, uri: str) -> bytes:
        bucket, key = _place(uri)
        with _errors(uri, "read"):
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            return body

    def list(self, uri: str) -> tuple[StoredObject, ...]:
        """The objects below a folder-like URI, sorted by name."""
        bucket, prefix = _place(uri.rstrip("/") + "/")
        with _errors(uri, "read"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            found = [
                StoredObject(each["Key"].removeprefix(prefix), each["Size"])
                for page in pages
                for each in page.get("Contents", ())
            ]
        return tuple(sorted(found))

    def written(self, uri: str, *, most: int) -> dict[str, datetime]:
        """When objects below a folder-like URI were written: the first `most` of them by name."""
        bucket, prefix = _place(uri.rstrip("/") + "/")
        with _errors(uri, "read"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=bucket, Prefix=prefix, PaginationConfig={"MaxItems": most}
            )
            return {
                each["Key"].removeprefix(prefix): each["LastModified"]
                for page in pages
                for each in page.get("Contents", ())
            }

    def put_file(self, path: Path, uri: str) -> None:
        bucket, key = _place(uri)
        with _errors(uri, "written"), self._transfer() as transfer:
            transfer.upload_file(str(path), bucket, key)

    def put_folder(self, folder: Path, uri: str, *, last: str | None = None) -> None:
        """Store the files of a folder below a URI.

        Args:
            last: name of the file that is stored after all others.
        """
        bucket, prefix = _place(uri.rstrip("/") + "/")
        files = sorted(path for path in folder.iterdir() if path.is_file())
        with _errors(uri, "written"), self._transfer() as transfer:
            for path in sorted(files, key=lambda path: path.name == last):
                transfer.upload_file(str(path), bucket, prefix + path.name)

    def fetch(self, uri: str, folder: Path) -> None:
        """Bring the objects below a URI into a folder; folders below it are left out."""
        bucket, prefix = _place(uri.rstrip("/") + "/")
        folder.mkdir(parents=True, exist_ok=True)
        found = [each.name for each in self.list(uri) if "/" not in each.name]
        with _errors(uri, "read"), self._transfer() as transfer:
            for name in filter(None, found):
                transfer.download_file(bucket, prefix + name, str(folder / name))

    def clear(self, uri: str) -> None:
        """Remove every object below a folder-like URI."""
        bucket, prefix = _place(uri.rstrip("/") + "/")
        keys = [{"Key": prefix + each.name} for each in self.list(uri)]
        with _errors(uri, "cleared"):
            for start in range(0, len(keys), _DELETE_AT_ONCE):
                some = keys[start : start + _DELETE_AT_ONCE]
                gone = self._s3.delete_objects(Bucket=bucket, Delete={"Objects": some})
                for problem in gone.get("Errors", ()):
                    raise StoreError(
                        f"{uri} cannot be cleared: AWS answers {problem.get('Code')}.",
                        remedy="Allow s3:DeleteObject on it.",
                    )

    @property
    def _s3(self) -> Any:
        return self._clients.get("s3")

    def _transfer(self) -> AbstractContextManager[Any]:
        """Moves files in parts, in threads that count their requests for whoever asked."""
        from boto3.s3.transfer import S3Transfer, TransferConfig
        from s3transfer.manager import TransferManager

        manager = TransferManager(self._s3, TransferConfig(), executor_cls=_SameContext)
        transfer: AbstractContextManager[Any] = S3Transfer(manager=manager)
        return transfer


def _place(uri: str) -> tuple[str, str]:
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in ("s3", "s3a") or not bucket:
        raise StoreError(f'"{uri}" is not a place in S3.', remedy="Write s3://bucket/prefix.")
    return bucket, key


@contextmanager
def _errors(uri: str, verb: str) -> Iterator[None]:
    from boto3.exceptions import S3UploadFailedError

    try:
        with aws_errors(uri, verb=verb):
            yield
    except SourceNotFound as exc:
        raise NotFound(exc.message, remedy=exc.remedy, detail=exc.detail) from exc
    except SourceError as exc:
        raise StoreError(exc.message, remedy=exc.remedy, detail=exc.detail) from exc
    except S3UploadFailedError as exc:
        raise StoreError(
            f"{uri} cannot be {verb}.", remedy="Check the bucket's permissions.", detail=str(exc)
        ) from exc
    except OSError as exc:
        raise StoreError(f"{uri} cannot be {verb}: {exc}.") from exc
