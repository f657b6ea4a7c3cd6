"""Dirty files: the script gives the right values on the embedded engine, or one clear sentence."""

import bz2
import gzip
import lzma
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from spark_interpreter.errors import SourceEmpty, SourceError, SourceNotFound, SourceUnreadable
from spark_interpreter.model import FileSource
from spark_interpreter.sources import Sources

from .conftest import Read


def write(folder: Path, name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


# --- dialects ---------------------------------------------------------------------------------

CLEAN = [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("comma.csv", "name,n\na,1\nb,2\nc,3\n"),
        ("tab.tsv", "name\tn\na\t1\nb\t2\nc\t3\n"),
        ("semicolon.csv", "name;n\na;1\nb;2\nc;3\n"),
        ("pipe.txt", "name|n\na|1\nb|2\nc|3\n"),
        ("crlf.csv", "name,n\r\na,1\r\nb,2\r\nc,3\r\n"),
        ("cr.csv", "name,n\ra,1\rb,2\rc,3\r"),
        ("bom.csv", "\ufeffname,n\na,1\nb,2\nc,3\n"),
        ("open_end.csv", "name,n\na,1\nb,2\nc,3"),
        ("blank_lines.csv", "name,n\n\na,1\n\nb,2\nc,3\n\n"),
        ("quoted.csv", '"name","n"\n"a","1"\n"b","2"\n"c","3"\n'),
        ("single_quotes.csv", "'name','n'\n'a','1'\n'b','2'\n'c','3'\n"),
        ("no_ending", "name,n\na,1\nb,2\nc,3\n"),
        ("wrong.parquet", "name,n\na,1\nb,2\nc,3\n"),
        ("wrong.xlsx", "name,n\na,1\nb,2\nc,3\n"),
        ("sp ace #1%20é.csv", "name,n\na,1\nb,2\nc,3\n"),
        ("brackets[1].csv", "name,n\na,1\nb,2\nc,3\n"),
        ("star*.csv", "name,n\na,1\nb,2\nc,3\n"),
        ("quote\"'.csv", "name,n\na,1\nb,2\nc,3\n"),
        ("title_above.csv", "Report of May\n\nname,n\na,1\nb,2\nc,3\n"),
    ],
)
def test_dialects(read: Read, tmp_path: Path, name: str, text: str) -> None:
    answer = read(write(tmp_path, name, text))
    assert answer.rows == CLEAN
    assert answer.types == {"name": "string", "n": "int"}


def test_quoted_delimiters_quotes_and_line_breaks(read: Read, tmp_path: Path) -> None:
    text = 'note,n\n"a, b",1\n"he said ""hi""",2\n"two\nlines",3\n'
    answer = read(write(tmp_path, "q.csv", text))
    assert answer.rows == [("a, b", 1), ('he said "hi"', 2), ("two\nlines", 3)]
    assert '.option("multiLine", "true")' in answer.script


def test_backslash_escapes(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "b.csv", 'note,n\n"say \\"hi\\"",1\n"x",2\n'))
    assert answer.rows == [('say "hi"', 1), ("x", 2)]


def test_no_header(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "n.csv", "a,1,2024-01-01\nb,2,2024-01-02\n"))
    assert answer.rows == [("a", 1, date(2024, 1, 1)), ("b", 2, date(2024, 1, 2))]
    assert list(answer.types) == ["column_1", "column_2", "column_3"]
    assert "no_header" in answer.issues


def test_years_as_column_names(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "y.csv", "region,2022,2023\nnorth,10,20\nsouth,30,40\n"))
    assert answer.rows == [("north", 10, 20), ("south", 30, 40)]
    assert list(answer.types) == ["region", "2022", "2023"]


def test_all_text_has_a_header(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "t.csv", "name,city\nAnna,Rome\nBen,Oslo\n"))
    assert answer.rows == [("Anna", "Rome"), ("Ben", "Oslo")]


def test_given_dialect_wins(read: Read, tmp_path: Path) -> None:
    path = write(tmp_path, "g.csv", "a;b,c\nd;e,f\n")
    answer = read(path, delimiter=",", header=False)
    assert answer.rows == [("a;b", "c"), ("d;e", "f")]


@pytest.mark.parametrize(
    ("encoding", "given"),
    [("latin-1", None), ("cp1252", None), ("utf-16", None), ("utf-16-le", None),
     ("utf-8", None), ("utf-8-sig", None), ("cp1250", "cp1250")],
)  # fmt: skip
def test_encodings(read: Read, tmp_path: Path, encoding: str, given: str | None) -> None:
    text = "stadt,n\nMünchen,1\nKöln,2\n"
    answer = read(write(tmp_path, "e.csv", text, encoding), encoding=given)
    assert answer.rows == [("München", 1), ("Köln", 2)]
    assert answer.types == {"stadt": "string", "n": "int"}


def test_windows_signs(read: Read, tmp_path: Path) -> None:
    text = "preis,wort\n5 €,„ja“\n6 €,nein\n"
    answer = read(write(tmp_path, "w.csv", text, "cp1252"))
    assert answer.rows == [(5.0, "„ja“"), (6.0, "nein")]
    assert "windows-1252" in answer.issue("encoding").message


def test_one_late_latin_byte(read: Read, tmp_path: Path) -> None:
    rows = "".join(f"name {i},{i}\n" for i in range(200_000))
    text = f"name,n\n{rows}".encode() + "Köln,1\n".encode("latin-1")
    answer = read(write(tmp_path, "late.csv", text))
    assert ("Köln", 1) in answer.rows
    assert len(answer.rows) == 200_001


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        ("csv.gz", gzip.compress),
        ("csv.bz2", bz2.compress),
        ("csv.zst", lambda b: pa.compress(b, codec="zstd", asbytes=True)),
        ("csv.xz", lzma.compress),
        ("csv", gzip.compress),
    ],
)
def test_compression(read: Read, tmp_path: Path, ending: str, pack: object) -> None:
    data = pack(b"name,n\na,1\nb,2\nc,3\n")  # type: ignore[operator]
    assert read(write(tmp_path, f"packed.{ending}", data)).rows == CLEAN


# --- columns ----------------------------------------------------------------------------------


def test_duplicate_empty_and_awkward_headers(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "h.csv", "a,a,,A,x.y,`q`\n1,2,3,4,5,6\n"))
    assert list(answer.types) == ["a", "a_2", "column_3", "A_3", "x_y", "_q_"]
    assert answer.rows == [(1, 2, 3, 4, 5, 6)]
    assert answer.issue("renamed_columns").count == 5


def test_unicode_and_spaced_headers(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "u.csv", "Größe in m,数量, padded \n1.5,2,x\n"))
    assert answer.types == {"Größe in m": "double", "数量": "int", "padded": "string"}
    assert answer.rows == [(1.5, 2, "x")]


def test_ragged_rows(read: Read, tmp_path: Path) -> None:
    text = "a,b,c\n1,2,3\n4,5\n6,7,8,extra\n9,10,11,\n"
    answer = read(write(tmp_path, "r.csv", text))
    assert answer.rows == [(1, 2, 3), (4, 5, None), (6, 7, 8), (9, 10, 11)]
    assert answer.issue("short_rows").count == 1
    assert answer.issue("long_rows").count == 1
    assert answer.issue("long_rows").examples == ("extra",)


def test_a_long_row_among_few_names_no_rows(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "t.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n"))
    assert answer.rows == [(1, 2, 3), (4, 5, None), (6, 7, 8)]


def test_row_names_without_a_header(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "rnames.csv", "mpg,cyl\nMazda,21.0,6\nFiat,32.4,4\n"))
    assert answer.types == {"column_1": "string", "mpg": "double", "cyl": "int"}
    assert answer.rows == [("Mazda", 21.0, 6), ("Fiat", 32.4, 4)]


def test_trailing_delimiters(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "t.csv", "a,b,\n1,2,\n3,4,\n"))
    assert [row[:2] for row in answer.rows] == [(1, 2), (3, 4)]


def test_one_column(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "one.csv", "n\n1\n2\n3\n"))
    assert answer.rows == [(1,), (2,), (3,)]


def test_one_column_of_prose(read: Read, tmp_path: Path) -> None:
    text = "note\nfirst, with a comma\nsecond\nthird, fourth, fifth\n"
    answer = read(write(tmp_path, "prose.csv", text))
    assert answer.rows == [("first, with a comma",), ("second",), ("third, fourth, fifth",)]


def test_two_thousand_columns(read: Read, tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(2000))
    row = ",".join(str(i) for i in range(2000))
    answer = read(write(tmp_path, "wide.csv", f"{header}\n{row}\n{row}\n"))
    assert answer.rows == [tuple(range(2000))] * 2


def test_a_cell_of_a_megabyte(read: Read, tmp_path: Path) -> None:
    big = "x" * 1_048_576
    answer = read(write(tmp_path, "big.csv", f"n,text\n1,{big}\n2,y\n"))
    assert sorted(answer.rows) == [(1, big), (2, "y")]


# --- values -----------------------------------------------------------------------------------


def column(read: Read, folder: Path, header: str, *cells: str) -> tuple[str, list[object]]:
    lines = [f'{place};"{cell}"' for place, cell in enumerate(cells)]
    answer = read(write(folder, "v.csv", "\n".join([f"place;{header}", *lines]) + "\n"))
    return answer.types[header], [row[1] for row in answer.rows]


@pytest.mark.parametrize("token", ["N/A", "NA", "-", "null", "None", "?", "", "NaN", "#N/A"])
def test_null_tokens_in_numbers(read: Read, tmp_path: Path, token: str) -> None:
    assert column(read, tmp_path, "v", "1", token, "3") == ("int", [1, None, 3])


def test_null_tokens_are_counted(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "n.csv", "a,b\n1,N/A\nN/A,x\n3,y\nN/A,\n"))
    assert answer.rows == [(1, None), (None, "x"), (3, "y"), (None, None)]
    issue = answer.issue("null_tokens", "a")
    assert (issue.count, issue.scope) == (2, "whole")
    assert '.replace(["N/A"], None, ["a", "b"])' in answer.script


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "2,25"], [1.5, 2.25]),
        (["1.234,50", "7,5"], [1234.5, 7.5]),
        (["1,234.50", "7.5"], [1234.5, 7.5]),
        (["1 234,50", "7,5"], [1234.5, 7.5]),
        (["1\u00a0234,50", "7,5"], [1234.5, 7.5]),
        (["1'234.50", "7.5"], [1234.5, 7.5]),
        (["$1,234.50", "$7.50"], [1234.5, 7.5]),
        (["1.234,50 €", "7,50 €"], [1234.5, 7.5]),
        (["-$3.50", "$1.00"], [-3.5, 1.0]),
        (["EUR 3.50", "EUR 1.00"], [3.5, 1.0]),
        (["5%", "7.5%"], [0.05, 0.075]),
        (["1e3", "2.5E-1"], [1000.0, 0.25]),
        ([" 1.5", "2.5 "], [1.5, 2.5]),
        (["1,234,567", "1,000"], [1234567.0, 1000.0]),
    ],
)
def test_numbers(read: Read, tmp_path: Path, cells: list[str], values: list[float]) -> None:
    assert column(read, tmp_path, "v", *cells) == ("double", values)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("v", ["01234", "80331"]),
        ("zip_code", ["10001", "94105"]),
        ("phone", ["5551234567", "5559876543"]),
        ("v", ["12345678901234567890", "2"]),
        ("v", ["A1", "17"]),
        ("v", ["$5", "€6"]),
        ("v", ["12:30:00", "08:15:00"]),
        ("v", ["Y", "maybe"]),
    ],
)
def test_text_stays_text(read: Read, tmp_path: Path, header: str, cells: list[str]) -> None:
    assert column(read, tmp_path, header, *cells) == ("string", cells)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["true", "FALSE"], [True, False]),
        (["yes", "No"], [True, False]),
        (["Y", "N"], [True, False]),
        (["t", "f"], [True, False]),
    ],
)
def test_booleans(read: Read, tmp_path: Path, cells: list[str], values: list[bool]) -> None:
    assert column(read, tmp_path, "v", *cells) == ("boolean", values)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["2024-01-31", "2024-02-01"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31/01/2024", "1/2/2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["01/31/2024", "2/1/2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31.1.2024", "1.2.2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31-01-24", "01-02-24"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["2024/1/31", "2024/02/01"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31-Jan-2024", "1-Feb-2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["Jan 31, 2024", "Feb 1, 2024"], [date(2024, 1, 31), date(2024, 2, 1)]),
        (["31 January 2024", "1 May 2024"], [date(2024, 1, 31), date(2024, 5, 1)]),
        (["2024-01-31", "n/a"], [date(2024, 1, 31), None]),
    ],
)
def test_dates(read: Read, tmp_path: Path, cells: list[str], values: list[date]) -> None:
    assert column(read, tmp_path, "v", *cells) == ("date", values)


def test_packed_dates(read: Read, tmp_path: Path) -> None:
    found = column(read, tmp_path, "order_date", "20240131", "20240201")
    assert found == ("date", [date(2024, 1, 31), date(2024, 2, 1)])


NOON = datetime(2024, 1, 31, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-31 12:05:00", "2024-01-31T12:05:00", "2024-01-31T12:05:00Z",
        "2024-01-31T14:05:00+02:00", "2024-01-31 12:05:00.000", "2024-01-31 12:05",
        "31/01/2024 12:05", "31.01.2024 12:05:00", "1/31/2024 12:05 PM",
    ],
)  # fmt: skip
def test_timestamps(read: Read, tmp_path: Path, cell: str) -> None:
    assert column(read, tmp_path, "v", cell, cell) == ("timestamp", [NOON, NOON])


def test_ambiguous_dates_are_reported(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "d.csv", "d,n\n01/02/2024,1\n03/04/2024,2\n"))
    assert answer.rows[0][0] == date(2024, 1, 2)
    assert "d was read as M/d/yyyy" in answer.issue("ambiguous_date", "d").message


def test_another_column_decides_ambiguous_dates(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "d.csv", "d,e\n01/02/2024,13/02/2024\n03/04/2024,1/1/2024\n"))
    assert answer.rows[0][0] == date(2024, 2, 1)
    assert "ambiguous_date" not in answer.issues


def test_mixed_currencies_are_reported(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "m.csv", "v,n\n$5,1\n€6,2\n"))
    assert "currencies" in answer.issue("kept_as_text", "v").message


def test_slips_become_missing_and_are_counted(read: Read, tmp_path: Path) -> None:
    cells = [str(i) for i in range(100)]
    cells[50] = "see note"
    answer = read(write(tmp_path, "s.csv", "v,n\n" + "".join(f"{c},1\n" for c in cells)))
    assert answer.types["v"] == "int"
    assert answer.rows[50] == (None, 1)
    issue = answer.issue("unreadable", "v")
    assert (issue.count, issue.examples) == (1, ("see note",))


def test_spaces_are_taken_off_and_counted(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "s.csv", "v,n\n a,1\nb ,2\nc,3\n   ,4\n"))
    assert answer.rows == [("a", 1), ("b", 2), ("c", 3), (None, 4)]
    assert answer.issue("spaces", "v").count == 3


def test_empty_cells_are_missing(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "e.csv", 'a,b\nx,1\n"",2\n,\n'))
    assert answer.rows == [("x", 1), (None, 2), (None, None)]


def test_an_empty_column(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "e.csv", "a,b\n1,\n2,\n"))
    assert answer.rows == [(1, None), (2, None)]


# --- whole files ------------------------------------------------------------------------------


def test_header_only(read: Read, tmp_path: Path) -> None:
    answer = read(write(tmp_path, "h.csv", "name,amount\n"))
    assert answer.rows == []
    assert list(answer.types) == ["name", "amount"]
    assert answer.profile.row_count == 0


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_empty_file(sources: Sources, tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "empty.csv", text)
    with pytest.raises(SourceEmpty, match="empty"):
        sources.profile([FileSource(uri=str(path))])


def test_missing_file_names_the_nearest(sources: Sources, tmp_path: Path) -> None:
    write(tmp_path, "orders.csv", "a,b\n1,2\n")
    with pytest.raises(SourceNotFound) as caught:
        sources.profile([FileSource(uri=str(tmp_path / "ordrs.csv"))])
    assert "Did you mean 'orders.csv'?" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "head", "says"),
    [
        ("x.csv", b"%PDF-1.7 ...", "a PDF document"),
        ("x.db", b"SQLite format 3\x00....", "an SQLite database"),
        ("x.csv", b"\x00\x01\x02\x03" * 100, "a binary file"),
        ("x.xlsx", b"PK\x03\x04broken", "damaged"),
        ("x.parquet", b"PAR1broken", "Parquet"),
        ("x.json", b'{"a": 1}\n{"a": ', "JSON"),
        ("x.json", b"[1, 2, 3]", "JSON|objects"),
    ],
)
def test_what_is_not_a_table(
    sources: Sources, tmp_path: Path, name: str, head: bytes, says: str
) -> None:
    path = write(tmp_path, name, head)
    with pytest.raises(SourceUnreadable, match=says):
        sources.profile([FileSource(uri=str(path))])


def test_remote_files_are_named_as_such(sources: Sources) -> None:
    with pytest.raises(SourceError, match="not on this machine"):
        sources.profile([FileSource(uri="https://127.0.0.1/data.csv")])


def test_file_uri_and_home(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "sp ace.csv", "name,n\na,1\nb,2\nc,3\n")
    assert read(path.as_uri()).rows == CLEAN
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read("~/sp ace.csv").rows == CLEAN


# --- folders and patterns ---------------------------------------------------------------------


def test_folder(read: Read, tmp_path: Path) -> None:
    write(tmp_path, "f/a.csv", "name,n\na,1\n")
    write(tmp_path, "f/b.csv", "name,n\nb,2\nc,3\n")
    answer = read(tmp_path / "f")
    assert sorted(answer.rows) == CLEAN
    assert f'.csv("{tmp_path}/f")' in answer.script


def test_nested_folder_with_hidden_files(read: Read, tmp_path: Path) -> None:
    write(tmp_path, "f/a.csv", "name,n\na,1\n")
    write(tmp_path, "f/sub/b.csv", "name,n\nb,2\nc,3\n")
    write(tmp_path, "f/_SUCCESS", "x")
    write(tmp_path, "f/.hidden.csv", "name,n\nz,9\n")
    assert sorted(read(tmp_path / "f").rows) == CLEAN


def test_pattern_reaches_only_its_folder(read: Read, tmp_path: Path) -> None:
    write(tmp_path, "f/a1.csv", "name,n\na,1\n")
    write(tmp_path, "f/a2.csv", "name,n\nb,2\nc,3\n")
    write(tmp_path, "f/b.csv", "name,n\nz,9\n")
    write(tmp_path, "f/sub/a3.csv", "name,n\nz,9\n")
    assert sorted(read(tmp_path / "f/a*.csv").rows) == CLEAN


def test_columns_in_another_order(read: Read, tmp_path: Path) -> None:
    write(tmp_path, "f/a.csv", "name,n\na,1\n")
    write(tmp_path, "f/b.csv", "n,name\n2,b\n3,c\n")
    assert sorted(read(tmp_path / "f").rows) == CLEAN


def test_other_columns(sources: Sources, tmp_path: Path) -> None:
    write(tmp_path, "f/a.csv", "name,n\na,1\n")
    write(tmp_path, "f/b.csv", "name,m\nb,2\n")
    with pytest.raises(SourceUnreadable, match=r"'b\.csv' has other columns than 'a\.csv'"):
        sources.profile([FileSource(uri=str(tmp_path / "f"))])


def test_mixed_formats(sources: Sources, tmp_path: Path) -> None:
    write(tmp_path, "f/a.csv", "name,n\na,1\n")
    write(tmp_path, "f/b.json", '{"name": "b", "n": 2}\n')
    with pytest.raises(SourceUnreadable, match="different kinds"):
        sources.profile([FileSource(uri=str(tmp_path / "f"))])


def test_pattern_without_a_match(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="No file matches"):
        sources.profile([FileSource(uri=str(tmp_path / "*.csv"))])


def test_empty_folder(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(SourceEmpty, match="no files"):
        sources.profile([FileSource(uri=str(tmp_path))])
