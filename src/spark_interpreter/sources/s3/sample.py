"""Samples of objects as files of this machine, for the profilers of local files."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from spark_interpreter.sources.files.compression import compress, compression_of
from spark_interpreter.sources.s3.fetch import Fetcher, side_by_side
from spark_interpreter.sources.s3.listing import Listing, ObjectRef

MIB = 1024 * 1024
T = TypeVar("T")
OBJECTS = 9
"""Objects of a folder that are looked into: the first, the last and some between them."""
_FIRST_BYTES = MIB
_OTHER_BYTES = 256 * 1024
_PIECE_BYTES = 128 * 1024
_PIECES = 4


class Sample(NamedTuple):
    """Whole lines of some objects.

    Attributes:
        paths: files with them, named like the objects, the first object's first.
        share: of the bytes of all objects, how many they stand for (0 to 1).
    """

    paths: tuple[Path, ...]
    share: float


def chosen(objects: Sequence[T], count: int = OBJECTS) -> list[T]:
    """The first, the last and evenly spread others."""
    if len(objects) <= count:
        return list(objects)
    places = {round(i * (len(objects) - 1) / (count - 1)) for i in range(count)}
    return [objects[place] for place in sorted(places)]


def sampled(fetcher: Fetcher, listing: Listing, folder: Path) -> Sample:
    """Write the lines of samples to files in a folder.

    Raises:
        SourceError: an object is gone, has changed or cannot be read.
    """
    objects = chosen(listing.objects)
    paths = [folder / listing.relative(each) for each in objects]
    taken = [0] * len(objects)

    def look(place: int) -> Callable[[], None]:
        def work() -> None:
            size = _FIRST_BYTES if place == 0 else _OTHER_BYTES
            taken[place] = _write(fetcher, objects[place], paths[place], size)

        return work

    side_by_side([look(place) for place in range(len(objects))], len(objects), lambda: False)
    return Sample(tuple(paths), min(1.0, sum(taken) / listing.size))


def _write(fetcher: Fetcher, each: ObjectRef, path: Path, size: int) -> int:
    """Write whole lines of an object; how many of its bytes they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = fetcher.range(each, 0, size)
    if len(head) == each.size:
        path.write_bytes(head)
        return each.size
    compression = compression_of(head)
    if compression:
        text = _lines(partly_decompressed(head, compression))
        compress(path, compression, text)
        return len(head)
    pieces = [_lines(head)]
    if not _ambiguous(head):
        pieces += _later(fetcher, each, len(head))
    text = b"".join(pieces)
    path.write_bytes(text)
    return len(text)


def _later(fetcher: Fetcher, each: ObjectRef, start: int) -> list[bytes]:
    """Whole lines from later places of an object, the last of them at its end."""
    step = (each.size - start - _PIECE_BYTES) // _PIECES
    if step < _PIECE_BYTES:
        return []
    pieces = []
    for number in range(1, _PIECES + 1):
        place = start + number * step if number < _PIECES else each.size - _PIECE_BYTES
        piece = fetcher.range(each, place, place + _PIECE_BYTES)
        if number < _PIECES:
            piece = _lines(piece)
        piece = piece[piece.find(b"\n") + 1 :]
        if _ambiguous(piece):
            return []
        pieces.append(piece)
    return pieces


def _ambiguous(piece: bytes) -> bool:
    """Whether a line's end may stand within a cell, or is more than one byte."""
    return (b'"' in piece and b'{"' not in piece[:64]) or b"\x00" in piece


def _lines(piece: bytes) -> bytes:
    """The piece up to its last line's end; all of it if it is not even one line."""
    end = piece.rfind(b"\n") + 1
    if b"\x00" in piece:  # UTF-16: the line's end has a second byte
        end += end % 2
    return piece[:end] or piece


def partly_decompressed(head: bytes, compression: str) -> bytes:
    """What the first bytes of a compressed file hold."""
    decoders: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.decompressobj(wbits=31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lzma.LZMADecompressor,
    }
    if compression not in decoders:
        return _zstd(head)
    found, left = [], head
    size = 0
    while left and size < 16 * MIB:
        decoder = decoders[compression]()
        text = decoder.decompress(left)
        found.append(text)
        size += len(text)
        left = decoder.unused_data
    return b"".join(found)


def _zstd(head: bytes) -> bytes:
    import pyarrow as pa

    found = []
    with pa.CompressedInputStream(pa.BufferReader(head), "zstd") as stream:
        try:
            while block := stream.read(64 * 1024):
                found.append(block)
        except OSError:  # the rest of the file is not here
            pass
    return b"".join(found)
