"""Hive's text SerDes: the cells we read are those that Apache Spark reads."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from spark_interpreter.sources.files.relation import connect
from spark_interpreter.sources.glue import lines
from spark_interpreter.sources.glue.storage import Storage
from spark_interpreter.sources.glue.values import Cell, Misfits, typed
from tests.parity.spark import submit

LAZY = r"""1,1.5,true,2024-01-01 10:00:00,abcdef,2024-02-31,10.555
2.9,,FALSE,2024-01-01,a\,b,2024-1-5, 7.1
99999999999,oops,yes,,,x,1e2
4
5,NaN,true,2024-01-01 00:00:00.5,x,2024-01-01,123456789.1,extra

 6, 6.5 , true,2024-01-01T10:00:00,y,2024-01-01 00:00:00,.5
.7,1d,t,2024-1-1 1:2:3,\N,2024-13-01,abc
-3,-1.5E3,True,1969-12-31 23:59:59.999,äöü€,1900-02-29,-0.005
+8,Infinity,,2024-02-30 00:00:00,a\\b,2024-04-31,+1.5
-.9,-2f,false,2024-01-01 24:00:00,tab	x,0001-01-01,0.004
1e3,.,TRUE,2024-01-01 10:00,a\nb,2024-01-32,99999999.994
"""
OPEN = r'''A1,3,"says ""hi"", twice"
A2,,"a \"b\" c"
A3,7,

A4,"unclosed,2024-03-05
A5,a\b,a"b"c
 "lead", x ,C:\new\\dir
"a",'b',"c" d
,"","""" x
'''
KINDS = [("n", "int"), ("x", "double"), ("ok", "boolean"), ("at", "timestamp"),
         ("s", "varchar(3)"), ("d", "date"), ("m", "decimal(10,2)")]  # fmt: skip


def ours(text: str, storage: Storage, names: list[str]) -> pa.Table:
    rows = text.encode().removesuffix(b"\n").decode().split("\n")
    cells = lines.cells_of(rows, storage, range(len(names)), len(names))
    return pa.table(cells, names=names)


@pytest.mark.parity
@pytest.mark.timeout(300)
def test_text_cells_are_those_of_apache_spark(tmp_path: Path) -> None:
    for name, text in [("lazy", LAZY), ("open", OPEN)]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text(text, encoding="utf-8")
    program = Path(__file__).with_name("hive_rows.py")
    done = submit(tmp_path, str(program), str(tmp_path), timeout=280)
    assert not done.returncode, done.stderr[-2000:]
    theirs = json.loads(done.stdout.splitlines()[-1])

    lazy = Storage(format="csv", serde="lazy", escape="\\")
    cells = [Cell(n, "string" if "char" in kind else kind, kind) for n, kind in KINDS]
    with connect() as connection:
        table = typed(connection, ours(LAZY, lazy, [n for n, _ in KINDS]), cells, Misfits())
    assert table.to_pylist() == [values(row) for row in theirs["lazy"]]
    quoted = Storage(format="csv", serde="open_csv", quote='"', escape="\\")
    found = ours(OPEN, quoted, ["id", "qty", "d"]).to_pylist()
    assert [list(row.values()) for row in found] == theirs["open"]


def values(row: list[str | None]) -> dict[str, object]:
    """Spark's texts of a row as values."""
    read: dict[str, Callable[[str], object]] = {
        "n": int, "x": Number, "ok": lambda t: t == "true", "at": moment, "s": str,
        "d": dt.date.fromisoformat, "m": Decimal,
    }  # fmt: skip
    return {
        name: None if text is None else read[name](text)
        for (name, _), text in zip(KINDS, row, strict=True)
    }


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


class Number(float):
    """A number that is itself, even if it is none."""

    def __eq__(self, other: object) -> bool:
        return repr(float(self)) == repr(other)

    __hash__ = float.__hash__
