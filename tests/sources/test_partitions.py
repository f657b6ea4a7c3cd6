"""Folders whose names hold columns."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import FileSource, TableProfile
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from spark_interpreter.sources.files.partitions import partition_of, partition_type

CELLS = "id,amount\n1,2.5\n2,3.5\n"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(Settings(cache_dir=tmp_path / "cache", data_dir=tmp_path / "data"))


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Writes files below a folder, by their relative paths."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / "sales" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "sales"

    return write


def profile_of(sources: Sources, path: Path) -> TableProfile:
    (profile,) = sources.profile([FileSource(uri=str(path), name="sales")])
    return profile


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2024", "03", "+1"], "int"),
        (["2024", None], "int"),
        (["3000000000", "1"], "bigint"),
        (["1.5", "2"], "double"),
        (["2025-01-01", "2025-02-28"], "date"),
        (["2025-02-30"], "string"),
        (["2025-01-01", "none"], "string"),
        ([None], "string"),
        (["", "1"], "string"),
    ],
)
def test_types_are_those_that_spark_infers(values: list[str | None], kind: str) -> None:
    assert partition_type(values) == kind


def test_names_of_folders_are_unescaped() -> None:
    path = "region=a%20b/day=__HIVE_DEFAULT_PARTITION__/x=y.csv"
    assert partition_of(path) == {"region": "a b", "day": None}


def test_partition_columns_come_last_with_their_types(
    sources: Sources, table: Callable[..., Path]
) -> None:
    folder = table(**{
        "year=2024/region=north/a.csv": CELLS,
        "year=2025/region=a%20b/b.csv": CELLS,
        "year=2025/region=north/_SUCCESS": "",
    })  # fmt: skip
    profile = profile_of(sources, folder)
    assert [(c.name, c.type) for c in profile.columns] == [
        ("id", "int"), ("amount", "double"), ("year", "int"), ("region", "string")
    ]  # fmt: skip
    assert profile.row_count == 4
    assert profile.file_read.partition_columns == ("year", "region")
    assert profile.file_read.engine_direct
    assert [v.value for v in profile.column("region").top_values] == ["a b", "north"]


def test_a_missing_value_is_null_whatever_reads_it(
    sources: Sources, table: Callable[..., Path]
) -> None:
    folder = table(**{
        "region=__HIVE_DEFAULT_PARTITION__/a.csv": CELLS,
        "region=north/b.csv": CELLS,
    })  # fmt: skip
    profile = profile_of(sources, folder)
    assert profile.column("region").null_count == 2
    assert profile.read.columnar is not None
    assert pq.read_table(profile.read.columnar)["region"].to_pylist() == [
        None,
        None,
        *["north"] * 2,
    ]


def test_values_are_found_in_names_of_folders(sources: Sources, table: Callable[..., Path]) -> None:
    profile = profile_of(sources, table(**{"region=North/a.csv": CELLS}))
    found = sources.find_values(profile, "region", "nor")
    assert [(v.value, v.count) for v in found] == [("North", 2)]


def test_parquet_is_read_with_the_types_of_the_profile(sources: Sources, tmp_path: Path) -> None:
    from spark_interpreter.script.reads import portable_read

    for month in ("03", "11"):
        folder = tmp_path / "t" / f"month={month}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"id": [1, 2]}), folder / "f.parquet")
    profile = profile_of(sources, tmp_path / "t")
    assert [(c.name, c.type) for c in profile.columns] == [("id", "bigint"), ("month", "int")]
    assert '.schema("id BIGINT, month INT")' in portable_read(profile)


def test_folders_that_are_not_partitioned_alike(
    sources: Sources, table: Callable[..., Path]
) -> None:
    folder = table(**{"year=2024/a.csv": CELLS, "year=2025/month=1/b.csv": CELLS})
    with pytest.raises(SourceUnreadable, match="not partitioned alike"):
        profile_of(sources, folder)


def test_a_file_in_a_partition_is_a_file(sources: Sources, table: Callable[..., Path]) -> None:
    folder = table(**{"year=2024/a.csv": CELLS})
    profile = profile_of(sources, folder / "year=2024/a.csv")
    assert [c.name for c in profile.columns] == ["id", "amount"]


def test_a_column_of_the_files_and_of_the_folders(
    sources: Sources, table: Callable[..., Path]
) -> None:
    with pytest.raises(SourceUnreadable, match="in its files and in its folders"):
        profile_of(sources, table(**{"ID=7/a.csv": CELLS}))
