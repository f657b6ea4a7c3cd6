"""The objects of a table: found, and their text opened."""

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from spark_interpreter.aws import aws_errors
from spark_interpreter.errors import RunCancelled, SourceUnreadable
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.s3.fetch import Fetcher, ObjectFile
from spark_interpreter.sources.s3.listing import ObjectRef
from spark_interpreter.sources.s3.objects import ObjectCache

_READ_AHEAD = 4 * 1024 * 1024
"""Bytes of text that one request asks for."""
_ENDINGS = {"gz": "gzip", "bz2": "bzip2", "zst": "zstd", "xz": "xz"}
_UNREADABLE_ENDINGS = {"snappy", "lz4", "lzo", "deflate"}


class Objects:
    """The objects of S3, as one AWS identity sees them.

    Args:
        copies: where objects are kept that are read from end to end; None keeps none.
    """

    def __init__(self, fetcher: Fetcher, copies: ObjectCache | None = None) -> None:
        self._fetcher = fetcher
        self._copies = copies

    def below(self, location: str, stopped: Stopped) -> Iterator[ObjectRef]:
        """The data files below a location, hidden ones and folder marks left out.

        Raises:
            SourceError: S3 does not answer, or refuses to.
            RunCancelled: `stopped` said so between two pages.
        """
        bucket, _, key = location.removeprefix("s3://").partition("/")
        prefix = f"{key.rstrip('/')}/" if key else ""
        paginator = self._fetcher.client.get_paginator("list_objects_v2")
        pages = iter(paginator.paginate(Bucket=bucket, Prefix=prefix))
        while True:
            if stopped():
                raise RunCancelled("Cancelled while the files were listed.")
            with aws_errors(f"'{location}'"):
                page = next(pages, None)
            if page is None:
                return
            for entry in page.get("Contents") or ():
                if entry["Size"] and not _hidden(entry["Key"].removeprefix(prefix)):
                    yield ObjectRef(bucket, entry["Key"], int(entry["Size"]), entry["ETag"])

    def open(self, item: ObjectRef, stopped: Stopped) -> ObjectFile:
        """The object's bytes, fetched as they are asked for."""
        return ObjectFile(self._fetcher, item, stopped)

    @contextmanager
    def text(
        self, item: ObjectRef, stopped: Stopped, *, at_most: int | None = None
    ) -> Iterator[IO[bytes]]:
        """The object's text, decompressed while it is read.

        Args:
            at_most: read so many stored bytes only; else the whole object is fetched and kept,
                so that later questions find this version of it here.

        Raises:
            SourceUnreadable: it is compressed in a way that cannot be read here.
        """
        ending = item.key.rpartition(".")[2].lower()
        if ending in _UNREADABLE_ENDINGS:
            raise SourceUnreadable(
                f"'{item.uri}' is compressed ({ending}) in a way that is not read here.",
                remedy="Ask it on a platform with Apache Spark, such as EMR Serverless.",
            )
        with (
            self._stored(item, stopped, at_most) as stored,
            _decompressed(stored, compression_of(item)) as stream,
        ):
            yield stream

    def _stored(self, item: ObjectRef, stopped: Stopped, at_most: int | None) -> IO[bytes]:
        if self._copies is not None and at_most is None:
            return self._copies.fetch([item], stopped=stopped)[0].open("rb")
        part = item._replace(size=min(item.size, at_most or item.size))
        return io.BufferedReader(ObjectFile(self._fetcher, part, stopped), _READ_AHEAD)

    def tidy(self) -> None:
        """Remove copies that were not used for long, as far as their limit asks for it."""
        if self._copies is not None:
            self._copies.shrink()


def compression_of(item: ObjectRef) -> str | None:
    """What a file's ending says, as Hadoop goes by it."""
    return _ENDINGS.get(item.key.rpartition(".")[2].lower())


def damaged(item: ObjectRef, exc: Exception) -> SourceUnreadable:
    """The error for a file that is not what its table says it is."""
    why = str(exc).splitlines()[0] if str(exc) else "it is damaged"
    return SourceUnreadable(
        f"'{item.uri}' cannot be read: {why}",
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
    """Whether Hive and Spark pass it over; a partition's folder may begin with an underscore."""
    return relative.endswith(("/", "_$folder$")) or any(
        part.startswith(".") or (part.startswith("_") and "=" not in part)
        for part in relative.split("/")
    )
