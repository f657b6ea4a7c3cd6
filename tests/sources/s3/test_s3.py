"""Objects of S3: what is found of them, and what is brought here, against moto's server."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from spark_interpreter.errors import (
    DataMismatch,
    SourceEmpty,
    SourceError,
    SourceNotFound,
    SourceTooLarge,
    SourceUnavailable,
    SourceUnreadable,
    UsageError,
)
from spark_interpreter.model import FileSource, Need, Staged, TableProfile
from spark_interpreter.model.source import FileFormat
from spark_interpreter.script.reads import portable_read
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from tests.servers.moto import Aws

CELLS = "id,city,amount\n1,Rome,2.5\n2,Oslo,3.5\n"
MIB = 1024 * 1024


@pytest.fixture
def bucket(aws: Aws) -> str:
    return aws.new_bucket()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


@pytest.fixture
def sources(aws: Aws, settings: Settings) -> Sources:
    return Sources(settings)


@pytest.fixture
def stage(sources: Sources, tmp_path: Path) -> Callable[..., tuple[Staged, ...]]:
    """Stages one source, as a run would."""

    def run(profile: TableProfile, **need: Any) -> tuple[Staged, ...]:
        folder = tmp_path / f"run-{len(list(tmp_path.glob('run-*')))}"
        needs = [Need(location=profile.read.locations[0], **need)]
        return sources.stage(
            [profile], needs, folder, stopped=lambda: False, on_bytes=lambda size: None
        )

    return run


def look(sources: Sources, uri: str, format: FileFormat | None = None) -> TableProfile:  # noqa: A002
    (profile,) = sources.profile([FileSource(uri=uri, name="sales", format=format)])
    return profile


def parquet(table: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, **options)
    return buffer.getvalue()


def many_rows(count: int) -> str:
    rows = (f"{n},city{n % 7},{n / 4}" for n in range(count))
    return "id,city,amount\n" + "\n".join(rows) + "\n"


def columns(profile: TableProfile) -> list[tuple[str, str]]:
    return [(c.name, c.type) for c in profile.columns]


def test_a_small_object_is_known_exactly(sources: Sources, aws: Aws, bucket: str) -> None:
    aws.put(bucket, "data/sales.csv", CELLS)
    profile = look(sources, f"s3a://{bucket}/data/sales.csv")
    assert columns(profile) == [("id", "int"), ("city", "string"), ("amount", "double")]
    assert (profile.row_count, profile.row_count_exact) == (2, True)
    assert (profile.label, profile.byte_count) == ("sales.csv", len(CELLS))
    assert profile.read.locations == (f"s3://{bucket}/data/sales.csv",)
    assert profile.read.remote
    assert profile.read.columnar is None
    assert f'.csv("s3://{bucket}/data/sales.csv")' in portable_read(profile)


def test_of_a_large_object_only_samples_are_read(
    sources: Sources, aws: Aws, bucket: str, settings: Settings
) -> None:
    text = many_rows(600_000)
    assert len(text) > 12 * MIB
    aws.put(bucket, "large.csv", text)
    profile = look(sources, f"s3://{bucket}/large.csv")
    assert profile.row_count is not None
    assert abs(profile.row_count - 600_000) < 60_000
    assert not profile.row_count_exact
    assert int(str(profile.column("id").maximum)) > 599_000  # the end was looked at too
    assert profile.file_read.quoted  # what was not seen may have quotes
    assert not list((settings.cache_dir / "objects").glob("*.object"))


def test_a_large_compressed_object(sources: Sources, aws: Aws, bucket: str) -> None:
    import random

    numbers = random.Random(1)
    rows = "".join(f"{n},{numbers.random()!r},{numbers.random()!r}\n" for n in range(500_000))
    data = gzip.compress(("id,x,y\n" + rows).encode(), compresslevel=1)
    assert len(data) > 8 * MIB
    aws.put(bucket, "large.csv.gz", data)
    profile = look(sources, f"s3://{bucket}/large.csv.gz")
    assert columns(profile) == [("id", "bigint"), ("x", "double"), ("y", "double")]
    assert profile.file_read.compression == "gzip"
    assert profile.file_read.engine_direct
    assert profile.row_count is not None
    assert abs(profile.row_count - 500_000) < 100_000


def test_a_folder_skips_markers_and_hidden_objects(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    for key, body in {
        "t/": "", "t/a.csv": CELLS, "t/b.csv": CELLS, "t/_SUCCESS": "", "t/.part.crc": "x",
        "t/sub_$folder$": "", "t_other/c.csv": "z\n1\n",
    }.items():  # fmt: skip
        aws.put(bucket, key, body)
    profile = look(sources, f"s3://{bucket}/t")
    assert (profile.row_count, profile.read.locations) == (4, (f"s3://{bucket}/t",))
    (copy,) = stage(profile)
    assert copy.form == "files"
    assert [Path(p).name for p in copy.paths] == ["a.csv", "b.csv"]
    assert [Path(p).read_text() for p in copy.paths] == [CELLS, CELLS]


@pytest.mark.parametrize(
    ("pattern", "count"), [("t/*.csv", 2), ("t/**/*.csv", 3), ("t/{a,b}.csv", 2), ("t/[b]?csv", 1)]
)
def test_patterns_mean_what_spark_means(
    sources: Sources, aws: Aws, bucket: str, pattern: str, count: int
) -> None:
    for key in ("t/a.csv", "t/b.csv", "t/deep/c.csv"):
        aws.put(bucket, key, CELLS)
    profile = look(sources, f"s3://{bucket}/{pattern}")
    assert profile.row_count == 2 * count
    simple = pattern == "t/*.csv"
    assert len(profile.read.locations) == (1 if simple else count)


def test_partitions_are_pruned_before_anything_is_fetched(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    for month in ("01", "02", "03"):
        aws.put(bucket, f"t/year=2025/month={month}/part.csv", CELLS)
    profile = look(sources, f"s3://{bucket}/t/")
    assert columns(profile)[-2:] == [("year", "int"), ("month", "int")]
    assert profile.row_count == 6
    (copy,) = stage(profile, where="month >= 2 AND upper(city) = 'ROME'")
    root = Path(copy.paths[0])
    found = sorted(str(p.relative_to(root)) for p in root.rglob("*.csv"))
    assert found == ["year=2025/month=02/part.csv", "year=2025/month=03/part.csv"]


def test_a_missing_partition_value_is_null(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    aws.put(bucket, "t/city=__HIVE_DEFAULT_PARTITION__/a.csv", "id\n1\n")
    aws.put(bucket, "t/city=New%20York/b.csv", "id\n2\n")
    profile = look(sources, f"s3://{bucket}/t")
    (copy,) = stage(profile)
    assert copy.form == "parquet"
    table = pq.read_table(copy.paths[0])
    assert sorted(table["city"].to_pylist(), key=str) == ["New York", None]


def test_parquet_is_profiled_from_footers_and_brought_by_column_and_row(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    for day in (1, 2):
        rows = range(1000 * day, 1000 * day + 1000)
        table = pa.table({"id": list(rows), "city": [f"c{n % 3}" for n in rows], "x": [0.5] * 1000})
        aws.put(bucket, f"p/day=2025-01-0{day}/f.parquet", parquet(table, row_group_size=100))
    profile = look(sources, f"s3://{bucket}/p")
    assert columns(profile) == [
        ("id", "bigint"), ("city", "string"), ("x", "double"), ("day", "date")
    ]  # fmt: skip
    assert (profile.row_count, profile.row_count_exact) == (2000, True)
    (copy,) = stage(profile, columns=("CITY", "day"), where="id < 1050 and day = DATE'2025-01-01'")
    table = ds.dataset(list(copy.paths)).to_table()
    assert table.schema.names == ["city", "day"]
    assert table.num_rows == 50
    assert {c.name for c in copy.columns} == {"id", "city", "x", "day"}


def test_rows_can_be_counted_without_a_column(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    aws.put(bucket, "f.parquet", parquet(pa.table({"a": [1, 2], "b": [3, 4]})))
    (copy,) = stage(look(sources, f"s3://{bucket}/f.parquet"), columns=())
    assert pq.read_table(copy.paths[0]).num_rows == 2


def test_objects_of_other_columns_are_an_error(sources: Sources, aws: Aws, bucket: str) -> None:
    aws.put(bucket, "t/a.csv", CELLS)
    aws.put(bucket, "t/b.csv", "x,y\n1,2\n")
    with pytest.raises(SourceUnreadable, match=r"'b.csv' has other columns than 'a.csv'"):
        look(sources, f"s3://{bucket}/t")
    aws.put(bucket, "p/a.parquet", parquet(pa.table({"a": [1]})))
    aws.put(bucket, "p/b.parquet", parquet(pa.table({"a": ["x"]})))
    with pytest.raises(SourceUnreadable, match="other columns or types"):
        look(sources, f"s3://{bucket}/p")


def test_json_lines_are_brought_as_their_values(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    aws.put(bucket, "d.jsonl", '{"a": 1, "s": "2025-01-01"}\n{"a": 2, "s": null}\n')
    profile = look(sources, f"s3://{bucket}/d.jsonl")
    assert columns(profile) == [("a", "bigint"), ("s", "date")]
    assert profile.read.columnar is None
    (copy,) = stage(profile)
    assert pq.read_table(copy.paths[0]).num_rows == 2


def test_a_workbook_is_converted(sources: Sources, aws: Aws, bucket: str, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "w.xlsx")) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate((["a", "b"], [1, "x"], [2, "y"])):
            sheet.write_row(number, 0, row)
    aws.put(bucket, "w.xlsx", (tmp_path / "w.xlsx").read_bytes())
    profile = look(sources, f"s3://{bucket}/w.xlsx")
    assert profile.read.columnar
    assert pq.read_table(profile.read.columnar).num_rows == 2


def test_a_late_cell_that_does_not_fit_widens_the_type(
    sources: Sources, aws: Aws, bucket: str
) -> None:
    lines = many_rows(400_000).splitlines()
    lines[300_001] = "300000,city,n/k"
    aws.put(bucket, "late.csv", "\n".join([*lines, ""]))
    profile = look(sources, f"s3://{bucket}/late.csv")
    assert profile.column("amount").type == "double"
    widened = sources.widen([profile], DataMismatch("misfit", column="amount"))
    assert widened is not None
    column = widened[0].column("amount")
    assert column.read is not None
    assert column.read.null_tokens == ("n/k",)
    assert widened[0].read.locations == profile.read.locations
    assert look(sources, f"s3://{bucket}/late.csv").column("amount") == column


def test_copies_serve_later_questions(
    sources: Sources,
    aws: Aws,
    bucket: str,
    stage: Callable[..., tuple[Staged, ...]],
    settings: Settings,
) -> None:
    aws.put(bucket, "t.csv", many_rows(600_000))
    profile = look(sources, f"s3://{bucket}/t.csv")
    assert not sources.worth_caching(profile)  # nobody has fetched it
    assert sources.find_values(profile, "city", "CITY3")
    stage(profile)
    assert len(list((settings.cache_dir / "objects").glob("*.object"))) == 1
    assert sources.find_values(profile, "city", "city3")[0].count == 85_714
    assert sources.worth_caching(profile)
    built = sources.build_cache(profile)
    assert built is not None
    assert look(sources, f"s3://{bucket}/t.csv").read.columnar == built


def test_objects_that_changed_since_are_not_read(
    sources: Sources, aws: Aws, bucket: str, stage: Callable[..., tuple[Staged, ...]]
) -> None:
    aws.put(bucket, "t.csv", CELLS)
    profile = look(sources, f"s3://{bucket}/t.csv")
    aws.put(bucket, "t.csv", CELLS + "3,Bonn,1.5\n")
    with pytest.raises(SourceUnavailable, match="have changed since"):
        stage(profile)


def test_more_than_may_be_brought_here(aws: Aws, bucket: str, settings: Settings) -> None:
    small = Sources(settings.model_copy(update={"stage_max_mb": 1}))
    aws.put(bucket, "t.csv", many_rows(600_000))
    with pytest.raises(SourceTooLarge, match=r"needs at least 1\d MiB of 't.csv'"):
        small.stage(
            small.profile([FileSource(uri=f"s3://{bucket}/t.csv")]),
            [],
            settings.cache_dir / "run",
            stopped=lambda: False,
            on_bytes=lambda size: None,
        )


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        ("data/sale.csv", SourceNotFound, "Did you mean 's3://{bucket}/data/sales.csv'"),
        ("nothing/here.csv", SourceNotFound, "has no folder 'nothing/' either"),
        ("data/*.json", SourceNotFound, "No object matches"),
        ("empty/", SourceEmpty, "holds no data"),
        ("data/zero.csv", SourceEmpty, "holds no data"),
        ("dat", SourceNotFound, "Did you mean 's3://{bucket}/data/'"),
    ],
)
def test_what_is_not_there(
    sources: Sources, aws: Aws, bucket: str, key: str, error: type[SourceError], words: str
) -> None:
    aws.put(bucket, "data/sales.csv", CELLS)
    aws.put(bucket, "data/zero.csv", "")
    aws.put(bucket, "empty/", "")
    with pytest.raises(error) as caught:
        look(sources, f"s3://{bucket}/{key}")
    assert words.format(bucket=bucket) in str(caught.value)


def test_a_bucket_that_does_not_exist(sources: Sources) -> None:
    with pytest.raises(SourceNotFound, match=r"'s3://no-such-bucket-here/x.csv' .* no such bucket"):
        look(sources, "s3://no-such-bucket-here/x.csv")
    with pytest.raises(UsageError, match="names no bucket"):
        look(sources, "s3:///x.csv")
