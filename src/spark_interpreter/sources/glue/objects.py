"""The objects of a table: found, and their text opened."""

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from typing import IO, cast

from spark_interpreter.aws import aws_errors
from spark_interpreter.errors import RunCancelled, SourceUnreadable
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.s3.fetch import Fetcher, ObjectFile
from spark_interpreter.sources.s3.listing import ObjectRef

_READ_AHEAD = 4 * 1024 * 1024
"""Bytes of text that one request asks for."""
_ENDINGS = {"gz": "gzip", "bz2": "bzip2", "zst": "zstd", "xz": "xz"}
_UNREADABLE_ENDINGS = {"snappy", "lz4", "lzo", "deflate"}


class Objects:
    """The objects of S3, as one AWS identity sees them."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

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

    def text(self, item: ObjectRef, stopped: Stopped, *, at_most: int | None = None) -> IO[bytes]:
        """The object's text, decompressed while it comes.

        Args:
            at_most: stop fetching after so many stored bytes.

        Raises:
            SourceUnreadable: it is compressed in a way that cannot be read here.
        """
        ending = item.key.rpartition(".")[2].lower()
        if ending in _UNREADABLE_ENDINGS:
            raise SourceUnreadable(
                f"'{item.uri}' is compressed ({ending}) in a way that is not read here.",
                remedy="Ask it on a platform with Apache Spark, such as EMR Serverless.",
            )
        part = item._replace(size=min(item.size, at_most or item.size))
        stored = io.BufferedReader(ObjectFile(self._fetcher, part, stopped), _READ_AHEAD)
        return _decompressed(stored, compression_of(item))


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
