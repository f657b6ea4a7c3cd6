"""Compressed files: which compression it is, and the bytes inside."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
}
_ENDINGS = {"gzip": ".gz", "bzip2": ".bz2", "zstd": ".zst", "xz": ".xz"}


def compression_of(head: bytes) -> str | None:
    """The compression that a file with these first bytes has."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def named_by_ending(path: Path, compression: str | None) -> bool:
    """Whether engines that go by the file's ending will see its compression."""
    if compression is None:
        return path.suffix.lower() not in {*_ENDINGS.values(), ".zstd"}
    return path.suffix.lower() == _ENDINGS[compression]


def open_bytes(path: Path, compression: str | None) -> IO[bytes]:
    """The file's content, decompressed while it is read."""
    if compression == "gzip":
        return cast("IO[bytes]", gzip.open(path))
    if compression == "bzip2":
        return cast("IO[bytes]", bz2.open(path))
    if compression == "xz":
        return cast("IO[bytes]", lzma.open(path))
    if compression == "zstd":
        import pyarrow as pa

        stream: Any = pa.input_stream(str(path), compression="zstd")
        return cast("IO[bytes]", stream)
    return path.open("rb")


def compress(path: Path, compression: str, data: bytes) -> None:
    """Write a file with this compression."""
    if compression == "zstd":
        import pyarrow as pa

        with pa.output_stream(str(path), compression="zstd") as stream:
            stream.write(data)
        return
    make: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "bzip2": bz2.compress,
        "xz": lzma.compress,
    }
    path.write_bytes(make[compression](data))
