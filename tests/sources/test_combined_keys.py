"""Keys of several columns: measured on all rows, so that no join over them counts rows twice."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import FileSource, Reference, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources

LINES = [(order, line, order * 10 + line) for order in range(1, 9) for line in range(1, 4)]
PAIRS = (("order_id", "order_id"), ("line_no", "line_no"))


def table(folder: Path, name: str, columns: str, rows: Sequence[Sequence[object]]) -> FileSource:
    lines = [columns, *(",".join("" if v is None else str(v) for v in row) for row in rows)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return FileSource(uri=str(path))


class Found:
    """What is found between lines (unique by order and line) and shipments."""

    def __init__(self, sources: Sources, folder: Path) -> None:
        self._sources = sources
        self._folder = folder

    def profiles(
        self, one: Sequence[Sequence[object]], other: Sequence[Sequence[object]], columns: str
    ) -> tuple[TableProfile, ...]:
        return self._sources.profile(
            [
                table(self._folder, "order_lines", f"{columns},quantity", one),
                table(self._folder, "shipments", f"{columns},weight", other),
            ]
        )

    def between(
        self,
        one: Sequence[Sequence[object]],
        other: Sequence[Sequence[object]],
        columns: str = "order_id,line_no",
    ) -> tuple[Reference, ...]:
        lines, shipments = self.profiles(one, other, columns)
        pairs = tuple((name, name) for name in columns.split(","))
        return self._sources.find_keys(lines, shipments, pairs) or ()


@pytest.fixture
def found(sources: Sources, tmp_path: Path) -> Found:
    return Found(sources, tmp_path)


def test_the_side_with_repeats_refers_to_the_one_without(found: Found) -> None:
    twice = [(order, line, 5) for order, line, _ in LINES[:20] for _ in range(2)]
    (reference,) = found.between(LINES, twice)
    assert reference.holder == "shipments"
    assert reference.key.table == "order_lines"
    assert reference.key.columns == reference.key.references == ("order_id", "line_no")
    assert (reference.key.origin, reference.key.overlap) == ("inferred", 1.0)
    assert not reference.key.partial


def test_without_repeats_on_both_sides_the_smaller_refers_to_the_larger(found: Found) -> None:
    (reference,) = found.between(LINES[:15], LINES)
    assert reference.holder == "order_lines"
    (reference,) = found.between(LINES, LINES[:15])
    assert reference.holder == "shipments"


def test_a_row_without_a_value_has_no_partner_and_is_no_repeat(found: Found) -> None:
    lines = [*LINES, (None, 1, 7), (None, 1, 8)]
    shipments = [*LINES[:10], (2, None, 1), (2, None, 2)]
    (reference,) = found.between(lines, shipments)
    assert (reference.holder, reference.key.overlap) == ("shipments", 1.0)
    assert reference.key.partial


def test_what_only_some_rows_have_is_said(found: Found) -> None:
    some = [*LINES[:20], *((order, 1, 5) for order in range(90, 95))] * 2
    (reference,) = found.between(LINES, some)
    assert (reference.key.overlap, reference.key.partial) == (0.8, True)
    strangers = [*LINES[:5], *((order, 1, 5) for order in range(90, 95))] * 2
    assert found.between(LINES, strangers) == ()


def test_repeats_on_both_sides_are_no_key(found: Found) -> None:
    assert found.between([*LINES, LINES[0]], [*LINES, LINES[3]]) == ()


def test_one_missing_row_among_many_is_not_rounded_away(found: Found) -> None:
    many = [(order, line, 1) for order in range(2000) for line in (1, 2)]
    (reference,) = found.between(many[1:], [*many, *many])
    assert (reference.holder, reference.key.overlap) == ("shipments", 0.999)
    assert reference.key.partial


def test_three_columns_where_two_do_not_suffice(found: Found) -> None:
    rows = [(plant, line, shift, 1) for plant in "ABC" for line in (1, 2) for shift in (1, 2, 3)]
    (reference,) = found.between(rows, [*rows, *rows], "plant,line_no,shift")
    assert reference.key.columns == ("plant", "line_no", "shift")


def test_a_key_of_the_sample_that_is_none_of_the_data(tmp_path: Path) -> None:
    sources = Sources(Settings(cache_dir=tmp_path / "cache", sample_rows=1000))
    rows = [(order, line, 1) for order in range(200_000) for line in (1, 2)]
    late = Found(sources, tmp_path)
    lines, _ = late.profiles(rows, rows[:9], "order_id,line_no")
    assert lines.sampled_rows < len(rows)
    assert late.between(rows, rows[:9] * 2)
    assert late.between([*rows, rows[-1]], rows[:9] * 2) == ()


def test_a_year_that_both_tables_have_belongs_to_the_key(found: Found) -> None:
    sales = [(year, "ABC"[at % 3], at) for year in (2022, 2023, 2024) for at in range(9)]
    targets = [(2024, store, 1) for store in "ABC"]
    assert found.between(targets, sales, "year,store") == ()
    every = [(year, store, 1) for year in (2022, 2023, 2024) for store in "ABC"]
    (reference,) = found.between(every, sales, "year,store")
    assert reference.key.columns == ("year", "store")
    months = [(2024, month, store, 1) for month in range(1, 4) for store in "ABC"]
    years = [(year, *row[1:]) for year in (2023, 2024) for row in months * 2]
    assert found.between(months, years, "year,month,store") == ()


def test_equally_good_keys_that_mean_other_rows_are_all_told(found: Found) -> None:
    lines = [(order, at, 4 - at, 1) for order in range(1, 7) for at in (1, 2, 3)]
    turned = [(order, at, at % 3 + 1, 1) for order, at, _, _ in lines] * 2
    columns = "order_id,line_no,part_no"
    several = found.between(lines, turned, columns)
    assert {reference.key.columns for reference in several} == {
        ("order_id", "line_no"), ("order_id", "part_no"),
    }  # fmt: skip
    (reference,) = found.between(lines, lines * 2, columns)
    assert reference.key.columns == ("order_id", "line_no")


def test_parquet_dates_and_texts(sources: Sources, tmp_path: Path) -> None:
    days = [f"2024-01-0{day}" for day in range(1, 6)]
    rows = [(day, name) for day in days for name in ("Ä 1", "ä 1", "b,2")]
    every = {
        "day": pa.array([day for day, _ in rows]).cast(pa.date32()),
        "sensor": pa.array([name for _, name in rows]),
    }
    pq.write_table(pa.table(every), tmp_path / "limits.parquet")
    text = "day,sensor,value\n" + "".join(f'{day},"{name}",1\n' for day, name in rows * 2)
    (tmp_path / "readings.csv").write_text(text, "utf-8")
    one, other = sources.profile(
        [FileSource(uri=str(tmp_path / name)) for name in ("limits.parquet", "readings.csv")]
    )
    (reference,) = sources.find_keys(one, other, (("day", "day"), ("sensor", "sensor"))) or ()
    assert (reference.holder, reference.key.overlap) == ("readings", 1.0)


def test_keys_are_kept_until_a_file_changes(sources: Sources, tmp_path: Path, found: Found) -> None:
    lines, shipments = found.profiles(LINES, LINES * 2, "order_id,line_no")
    kept = sources.find_keys(lines, shipments, PAIRS)
    path = tmp_path / "shipments.csv"
    text = path.read_text("utf-8")
    path.unlink()
    assert kept
    assert (
        Sources(Settings(cache_dir=tmp_path / "cache")).find_keys(lines, shipments, PAIRS) == kept
    )
    path.write_text(f"{text}77,1,5\n", "utf-8")
    lines, shipments = sources.profile([lines.source, shipments.source])
    (reference,) = sources.find_keys(lines, shipments, PAIRS) or ()
    assert reference.key.partial


def test_a_file_that_is_gone_has_no_keys(sources: Sources, tmp_path: Path, found: Found) -> None:
    lines, shipments = found.profiles(LINES, LINES * 2, "order_id,line_no")
    (tmp_path / "shipments.csv").unlink()
    assert sources.find_keys(lines, shipments, PAIRS) is None


def test_whether_columns_are_a_key_of_their_own_table(sources: Sources, found: Found) -> None:
    lines, shipments = found.profiles(LINES, LINES * 2, "order_id,line_no")
    (reference,) = sources.find_keys(lines, lines, PAIRS) or ()
    assert (reference.holder, reference.key.table) == ("order_lines", "order_lines")
    assert sources.find_keys(lines, lines, PAIRS[:1]) == ()
    assert sources.find_keys(shipments, shipments, PAIRS) == ()
