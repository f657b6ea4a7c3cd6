"""The objects of a table: found, looked into, opened."""

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from typing import IO, Any, NamedTuple, cast

from spark_interpreter.errors import RunCancelled, SourceUnreadable
from spark_interpreter.sources.aws import AwsClients, aws_errors
from spark_interpreter.sources.base import Stopped

_READ_AHEAD = 1024 * 1024
"""Bytes that are asked for at least, so that a footer does not cost a request for each number."""


class S3Object(NamedTuple):
    """A file in S3; `size` in bytes."""

    bucket: str
    key: str
    size: int
    etag: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def compression(self) -> str | None:
        """What its ending says, as Hadoop goes by it."""
        return _ENDINGS.get(self.key.rpartition(".")[2].lower())


_ENDINGS = {"gz": "gzip", "bz2": "bzip2", "zst": "zstd", "xz": "xz"}
_UNREADABLE_ENDINGS = {"snappy", "lz4", "lzo", "deflate"}


class Objects:
    """The objects of S3, as one AWS identity sees them."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    def below(self, location: str, *, stopped: Stopped = lambda: False) -> Iterator[S3Object]:
        """The data files below a location, hidden ones and folder marks left out.

        Raises:
            SourceError: S3 does not answer, or refuses to.
        """
        bucket, _, key = location.removeprefix("s3://").partition("/")
        prefix = f"{key.rstrip('/')}/" if key else ""
        with aws_errors(f"'{location}'"):
            request = {"Bucket": bucket, "Prefix": prefix}
            pages = iter(self._aws.get("s3").get_paginator("list_objects_v2").paginate(**request))
        while True:
            if stopped():
                raise RunCancelled("Cancelled while the files were listed.")
            with aws_errors(f"'{location}'"):
                page = next(pages, None)
            if page is None:
                return
            for entry in page.get("Contents") or ():
                if entry["Size"] and not _hidden(entry["Key"].removeprefix(prefix)):
                    yield S3Object(bucket, entry["Key"], entry["Size"], entry.get("ETag", ""))

    def open(self, item: S3Object) -> "RangeReader":
        """The object's bytes, fetched as they are asked for."""
        return RangeReader(self._aws, item)

    def text(self, item: S3Object, *, at_most: int | None = None) -> IO[bytes]:
        """The object's text, decompressed while it comes.

        Args:
            at_most: stop fetching after about so many stored bytes.

        Raises:
            SourceUnreadable: it is compressed in a way that cannot be read here.
        """
        ending = item.key.rpartition(".")[2].lower()
        if ending in _UNREADABLE_ENDINGS:
            raise SourceUnreadable(
                f"'{item.uri}' is compressed ({ending}) in a way that is not read here.",
                remedy="Ask it on a platform with Apache Spark, such as EMR Serverless.",
            )
        stored = io.BufferedReader(RangeReader(self._aws, item, at_most=at_most), _READ_AHEAD)
        return _decompressed(stored, item.compression)


class RangeReader(io.RawIOBase):
    """One object as a file: ranges are fetched when they are read.

    The object's ETag goes with each request, so that a file replaced meanwhile is an error
    instead of a mixture.
    """

    def __init__(self, aws: AwsClients, item: S3Object, *, at_most: int | None = None) -> None:
        super().__init__()
        self._aws = aws
        self._item = item
        self._size = item.size if at_most is None else min(item.size, at_most)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._place)
        if wanted <= 0:
            return 0
        item, start = self._item, self._place
        with aws_errors(f"'{item.uri}'"):
            answer = self._aws.get("s3").get_object(
                Bucket=item.bucket,
                Key=item.key,
                Range=f"bytes={start}-{start + wanted - 1}",
                IfMatch=item.etag,
            )
            data = answer["Body"].read()
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def damaged(item: S3Object, exc: Exception) -> SourceUnreadable:
    """The error for a file that is not what its table says it is."""
    return SourceUnreadable(
        f"'{item.uri}' cannot be read: {str(exc).splitlines()[0] if str(exc) else 'it is damaged'}",
        remedy="Write the file again, or correct the table's format in Glue.",
    )


def _decompressed(stored: IO[bytes], compression: str | None) -> IO[bytes]:
    if compression == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stored))
    if compression == "bzip2":
        return cast("IO[bytes]", bz2.BZ2File(stored))
    if compression == "xz":
        return cast("IO[bytes]", lzma.LZMAFile(stored))
    if compression == "zstd":
        import pyarrow as pa

        return cast("IO[bytes]", pa.CompressedInputStream(pa.PythonFile(stored, "r"), "zstd"))
    return stored


def _hidden(relative: str) -> bool:
    """Whether Hive and Spark pass it over."""
    return any(part.startswith(("_", ".")) for part in relative.split("/")) or relative.endswith(
        ("/", "_$folder$")
    )
