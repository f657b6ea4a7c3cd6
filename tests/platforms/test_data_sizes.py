"""What a session of a Spark cluster is told of the data."""

import pytest

from spark_interpreter.model import Extent, FileRead, FileSource, TableProfile
from spark_interpreter.platforms.data_sizes import session_settings

MB, GB = 10**6, 10**9
JOIN, SHUFFLE = "spark.sql.autoBroadcastJoinThreshold", "spark.sql.shuffle.partitions"


def source(size: int | None, label: str = "t") -> TableProfile:
    path = f"s3://b/{label}.csv"
    read = FileRead.model_validate({"format": "csv", "paths": (path,), "script_path": path})
    return TableProfile(
        name=label, label=label, source=FileSource(uri=path), columns=(), byte_count=size, read=read
    )


@pytest.mark.parametrize(
    ("sizes", "settings"),
    [
        ((), {}),
        ((0,), {SHUFFLE: "32"}),
        ((100 * MB,), {SHUFFLE: "32"}),
        ((2 * GB,), {SHUFFLE: "60"}),
        ((10 * GB,), {}),  # Spark's own
        ((100 * GB,), {SHUFFLE: "746"}),
        ((10**14,), {SHUFFLE: "4000"}),
        ((10 * GB, 20 * MB), {JOIN: "20000000"}),
        ((10 * GB, 60 * MB), {}),  # nobody says that its driver holds so much
        ((10 * GB, None), {}),
    ],
)
def test_settings_by_size(sizes: tuple[int | None, ...], settings: dict[str, str]) -> None:
    profiles = [source(size, f"t{n}") for n, size in enumerate(sizes)]
    assert session_settings(profiles) == settings


def test_what_is_read_of_a_source_counts() -> None:
    part = Extent(label="t", kind="file", remote=True, bytes=GB)
    assert session_settings([source(100 * GB)], [part]) == {SHUFFLE: "32"}
    unknown = part.model_copy(update={"bytes": None})
    assert session_settings([source(100 * GB)], [unknown]) == {}
