"""What kind of file it is, told from its first bytes rather than from its name."""

from pathlib import Path
from typing import NamedTuple

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model.source import FileFormat
from spark_interpreter.sources.files.compression import compression_of, open_bytes

_HEAD_BYTES = 64 * 1024
_JSON_ENDINGS = {".json", ".jsonl", ".ndjson", ".geojson"}
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"SQLite format 3\x00": "an SQLite database",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"ARROW1": "an Arrow file",
    b"\x7fELF": "a program",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


class FileKind(NamedTuple):
    """Format and compression of a file ("gzip", "bzip2", "zstd", "xz" or None)."""

    format: FileFormat
    compression: str | None


def needs_whole(head: bytes) -> bool:
    """Whether a file with these first bytes cannot be judged by a part of it."""
    return head.startswith((_OLE, _ZIP))


def kind_of(path: Path) -> FileKind:
    """Look at the first bytes of a file that is not empty.

    Raises:
        SourceUnreadable: it is of a kind that holds no table we can read.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        compression = compression_of(file.read(8))
    with open_bytes(path, compression) as stream:
        head = stream.read(_HEAD_BYTES)
    return FileKind(_format_of(head, path), compression)


def _format_of(head: bytes, path: Path) -> FileFormat:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(_OLE) or (head.startswith(_ZIP) and _is_workbook(path)):
        return "excel"
    _refuse_foreign(head, path)
    return "json" if _looks_like_json(head, path) else "csv"


def _is_workbook(path: Path) -> bool:
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except BadZipFile as exc:
        raise SourceUnreadable(
            f"'{path.name}' begins like an Excel workbook or ZIP archive but is damaged.",
            remedy="Copy or export the file again.",
        ) from exc
    return any(n.startswith("xl/") or n == "content.xml" for n in names)


def _refuse_foreign(head: bytes, path: Path) -> None:
    what = next((name for magic, name in _FOREIGN.items() if head.startswith(magic)), None)
    if head.startswith(_ZIP):
        what = "a ZIP archive"
    elif what is None and b"\x00" in head and not _looks_like_utf16(head):
        what = "a binary file"
    if what:
        raise SourceUnreadable(
            f"'{path.name}' is {what}, not a table.",
            remedy="Export its data as CSV, Parquet, JSON or Excel.",
        )


def _looks_like_utf16(head: bytes) -> bool:
    if head.startswith(_UTF16_MARKS):
        return True
    zeros = (head[0::2].count(0), head[1::2].count(0))
    letters = head[1::2] if zeros[0] > zeros[1] else head[0::2]
    controls = sum(byte < 9 for byte in letters)
    return max(zeros) > len(head) // 8 > 8 * min(zeros) and controls == 0


def _looks_like_json(head: bytes, path: Path) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    named = bool(_JSON_ENDINGS & {s.lower() for s in path.suffixes})
    if text.startswith(b"{"):
        return named or text[1:].lstrip()[:1] in (b'"', b"}")
    if text.startswith(b"["):
        return named or text[1:].lstrip()[:1] in (b"{", b"]")
    return False
