"""A type that turns out wrong later in the file: the strict read fails, and the retry is right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.errors import DataMismatch
from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.sources import Sources

from .conftest import run

ROWS = 300_000
LATE = ROWS - 11_000


def late_file(folder: Path, first: str, late: str) -> Path:
    """A file whose second column changes where no sample looks."""
    path = folder / "late.csv"
    lines = [f"{i},{first}" for i in range(ROWS)]
    lines[LATE] = f"{LATE},{late}"
    path.write_text("id,v\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("first", "late", "before", "after", "value"),
    [
        ("7", "3000000000", "int", "bigint", 3_000_000_000),
        ("7", "2.5", "int", "double", 2.5),
        ("7", "N/A", "int", "int", None),
        ("7", '"1,234.5"', "int", "double", 1234.5),
        ("7", "12345678901234567890", "int", "string", "12345678901234567890"),
        ("7", "seven", "int", "int", None),
        ("1.5", "-", "double", "double", None),
        ("2024-01-02", "03/04/2024", "date", "date", None),
        ("01/02/2024", "13/02/2024", "date", "date", date(2024, 2, 13)),
        ("true", "maybe", "boolean", "string", "maybe"),
    ],
)
def test_late_changes(
    engine: None, sources: Sources, tmp_path: Path,
    first: str, late: str, before: str, after: str, value: Any,
) -> None:  # fmt: skip
    source = FileSource(uri=str(late_file(tmp_path, first, late)))
    profiles = sources.profile([source])
    assert profiles[0].column("v").type == before
    analysis = f"result = late.where(F.col('id') == {LATE})"
    try:
        run(profiles[0], tmp_path / "output.parquet", analysis)
    except Exception as failure:  # noqa: BLE001
        widened = sources.widen(profiles, DataMismatch(str(failure)))
    else:
        pytest.fail("the strict read let a cell through that does not fit")
    assert widened is not None
    assert widened[0].column("v").type == after
    _, rows = run(widened[0], tmp_path / "output.parquet", analysis)
    assert rows == [(LATE, value)]
    assert sources.widen(widened, DataMismatch("again", column="id")) is not None
    assert sources.profile([source])[0].column("v") == widened[0].column("v")


def test_what_was_repaired_is_counted(sources: Sources, tmp_path: Path) -> None:
    path = late_file(tmp_path, "7", "seven")
    (widened,) = sources.widen(
        sources.profile([FileSource(uri=str(path))]), DataMismatch("cannot read")
    ) or [None]
    assert isinstance(widened, TableProfile)
    (issue,) = [i for i in widened.issues if i.kind == "unreadable"]
    assert (issue.count, issue.scope, issue.examples) == (1, "whole", ("seven",))


def test_a_ladder_has_an_end(sources: Sources, tmp_path: Path) -> None:
    """Whatever an engine complains about, in the end there is nothing left to widen."""
    path = tmp_path / "fine.csv"
    path.write_text("a,b\n1,2024-01-01\n2,2024-01-02\n")
    profiles: tuple[TableProfile, ...] | None = sources.profile([FileSource(uri=str(path))])
    for column in ("a", "b", None):
        for _ in range(6):
            assert profiles is not None
            wider = sources.widen(profiles, DataMismatch("no", column=column))
            if wider is None:
                break
            profiles = wider
        else:
            pytest.fail("no end")
    assert profiles is not None
    assert [c.type for c in profiles[0].columns] == ["string", "string"]


def test_ragged_late_rows(engine: None, sources: Sources, tmp_path: Path) -> None:
    path = late_file(tmp_path, "7", "8,9")
    profiles = sources.profile([FileSource(uri=str(path))])
    with pytest.raises(Exception, match="number of fields") as caught:
        run(profiles[0], tmp_path / "output.parquet", "result = late.groupBy().count()")
    widened = sources.widen(profiles, DataMismatch(str(caught.value)))
    assert widened is not None
    _, rows = run(widened[0], tmp_path / "output.parquet", "result = late.groupBy().count()")
    assert rows == [(ROWS,)]
    (issue,) = [i for i in widened[0].issues if i.kind == "long_rows"]
    assert (issue.count, issue.scope) == (1, "whole")


def test_another_table_is_left_alone(sources: Sources, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("x,y\n1,2\n")
    second.write_text("z,w\n1,2\n")
    profiles = sources.profile([FileSource(uri=str(p)) for p in (first, second)])
    wider = sources.widen(profiles, DataMismatch("no", path=str(second), column="z"))
    assert wider is not None
    assert wider[0] == profiles[0]
    assert sources.widen(profiles, DataMismatch("no", column="unknown")) is None
