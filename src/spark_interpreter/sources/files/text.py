"""A sample of a delimited file's text, from several places, and its encoding."""

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from spark_interpreter.cancellation import stop_if_cancelled
from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.sources.files.compression import open_bytes

WHOLE_BYTES = 2 * 1024 * 1024
"""Files up to this size are looked at from end to end."""
CHECKED_BYTES = 64 * 1024 * 1024
"""Files up to this size have all their bytes checked against the encoding and counted."""
_HEAD_BYTES = 256 * 1024
_CHUNK_BYTES = 32 * 1024
_CHUNKS = 16
_LINE_LIMIT = 256 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32LE"),
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
_UNDEFINED_IN_CP1252 = set(b"\x81\x8d\x8f\x90\x9d")


class TextSample(NamedTuple):
    """Text of a file.

    Attributes:
        chunks: pieces of whole lines; the first begins where the file begins.
        whole: the chunks are all there is.
        byte_share: share of the file's bytes the chunks hold (0 to 1).
        newlines: newline characters of the whole file, when all of it was looked at.
    """

    encoding: str
    chunks: tuple[str, ...]
    whole: bool
    byte_share: float
    newlines: int | None


def python_codec(encoding: str) -> str:
    """Python's codec for an encoding's name; a byte order mark at the start is dropped."""
    return "utf-8-sig" if encoding.upper() in {"UTF-8", "UTF8"} else encoding


def sample_text(path: Path, compression: str | None, encoding: str | None) -> TextSample:
    """Read a sample of a file.

    Args:
        encoding: as a person gave it; None to find out.

    Raises:
        SourceUnreadable: the bytes are not text of the given encoding, or are damaged.
    """
    if compression:
        pieces, whole, share = _compressed_pieces(path, compression)
    else:
        pieces, whole, share = _plain_pieces(path)
    found = encoding or _encoding_of(pieces)
    newlines = None
    if not compression and path.stat().st_size <= CHECKED_BYTES:
        newlines, valid = _scan(path, found)
        if not valid and encoding is None:
            found = _single_byte_encoding(path.read_bytes())
    return TextSample(found, tuple(_decoded(pieces, found, path)), whole, share, newlines)


def first_text(path: Path, compression: str | None, encoding: str | None) -> str:
    """A piece of text from the beginning of a file."""
    with open_bytes(path, compression) as stream:
        pieces = [stream.read(_CHUNK_BYTES)]
    return next(_decoded(pieces, encoding or _encoding_of(pieces), path))


def _compressed_pieces(path: Path, compression: str) -> tuple[list[bytes], bool, float]:
    with open_bytes(path, compression) as stream:
        head = stream.read(WHOLE_BYTES)
        whole = not stream.read(1)
        if not whole:
            head += _rest_of_line(stream)
    ratio = 1.0 if whole else min(1.0, len(head) / max(1, 4 * path.stat().st_size))
    return [head], whole, ratio


def _plain_pieces(path: Path) -> tuple[list[bytes], bool, float]:
    size = path.stat().st_size
    if size <= WHOLE_BYTES:
        return [path.read_bytes()], True, 1.0
    with path.open("rb") as file:
        if file.read(4).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            file.seek(0)
            head = file.read(WHOLE_BYTES)
            return [head], False, len(head) / size
        file.seek(0)
        head = file.read(_HEAD_BYTES)
        pieces = [head + _rest_of_line(file)]
        pieces.extend(_later_pieces(file, len(pieces[0]), size))
    return pieces, False, sum(map(len, pieces)) / size


def _later_pieces(file: IO[bytes], start: int, size: int) -> Iterator[bytes]:
    """Whole lines from evenly spread places, the last of them at the end of the file."""
    step = (size - _CHUNK_BYTES - start) // _CHUNKS
    if step < _CHUNK_BYTES:
        return
    for place in range(1, _CHUNKS + 1):
        file.seek(start + place * step if place < _CHUNKS else size - _CHUNK_BYTES)
        piece = file.read(_CHUNK_BYTES)
        if place < _CHUNKS:
            piece = piece[: piece.rfind(b"\n") + 1]
        piece = piece[piece.find(b"\n") + 1 :]
        if piece:
            yield piece


def _rest_of_line(stream: IO[bytes]) -> bytes:
    return stream.readline(_LINE_LIMIT)


def _encoding_of(pieces: list[bytes]) -> str:
    head = pieces[0]
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if head.count(0) > len(head) // 8:
        return "UTF-16LE" if head[1::2].count(0) > head[0::2].count(0) else "UTF-16BE"
    if all(_is_utf8(p) for p in pieces):
        return "UTF-8"
    return _single_byte_encoding(b"".join(pieces))


def _is_utf8(piece: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece, final=False)
    except UnicodeDecodeError:
        return False
    return True


def single_byte_encoding(paths: Iterable[Path]) -> str:
    """The encoding of files that are not UTF-8, judged by all of their bytes."""
    used: set[int] = set()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(4 * 1024 * 1024):
                stop_if_cancelled()
                used |= set(block)
    return _single_byte_encoding(bytes(used))


def _single_byte_encoding(data: bytes) -> str:
    used = set(data)
    controls = used & set(range(0x80, 0xA0))
    return "windows-1252" if controls and not used & _UNDEFINED_IN_CP1252 else "ISO-8859-1"


def _scan(path: Path, encoding: str) -> tuple[int, bool]:
    """Newlines of the whole file, and whether all of it is valid in its encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")() if encoding == "UTF-8" else None
    newlines = 0
    last = b""
    with path.open("rb") as file:
        while block := file.read(4 * 1024 * 1024):
            stop_if_cancelled()
            newlines += block.count(b"\n")
            last = block
            if decoder:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    return 0, False
    return newlines + (not last.endswith(b"\n")), True


def _decoded(pieces: list[bytes], encoding: str, path: Path) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        codec = python_codec(encoding) if number == 0 else encoding
        try:
            text = codecs.getincrementaldecoder(codec)().decode(piece, final=False)
        except (UnicodeDecodeError, LookupError) as exc:
            raise SourceUnreadable(
                f"'{path.name}' is not {encoding} text.",
                remedy="Name its encoding, for example encoding='windows-1252'.",
            ) from exc
        yield text.removeprefix("\ufeff")
