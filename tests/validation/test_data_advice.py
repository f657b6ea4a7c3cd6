"""What is said of the way in which large data are stored and taken, and what it would save."""

from typing import Any

import pytest

from spark_interpreter.model import (
    ColumnProfile,
    FileSource,
    Finding,
    Need,
    ResultColumn,
    TableProfile,
)
from spark_interpreter.validation.data_advice import advise_on_data
from spark_interpreter.validation.findings import Findings

MB = 10**6
LAKE = "s3://lake/orders/"


def orders(count: int = 4, megabytes: int | None = 5000, **read: Any) -> TableProfile:
    columns = tuple(
        ColumnProfile(name=f"c{n}", header=f"c{n}", type="int", cell_bytes=4.5)
        for n in range(count)
    )
    files: dict[str, Any] = {
        "kind": "file",
        "format": "parquet",
        "paths": (LAKE,),
        "script_path": LAKE,
    }
    plan = read if read.get("kind") == "glue" else files | read
    return TableProfile.model_validate({
        "name": "orders", "label": "orders", "source": FileSource(uri=LAKE), "columns": columns,
        "row_count": 10 * MB, "byte_count": megabytes and megabytes * MB, "read": plan,
    })  # fmt: skip


def glue(**more: Any) -> TableProfile:
    read: dict[str, Any] = {
        "kind": "glue", "database": "shop", "table": "orders", "format": "parquet",
        "location": LAKE, "partition_keys": ("c1", "c2"), "partition_count": 36,
    }  # fmt: skip
    return orders().model_copy(update={"read": orders(**(read | more)).read})


def advice(
    profile: TableProfile,
    columns: tuple[str, ...] | None = ("c0",),
    where: str | None = None,
    *,
    result: int = 1,
) -> list[Finding]:
    findings = Findings()
    need = Need(location=profile.read.locations[0], columns=columns, where=where)
    returned = [ResultColumn(name=f"r{n}", type="int") for n in range(result)]
    advise_on_data([profile], [need], returned, findings)
    assert {finding.severity for finding in findings.all} <= {"advice"}
    return findings.all


def test_a_partitioned_table_that_is_read_whole() -> None:
    (found,) = advice(glue(partition_keys=("c1", "c2"), partition_count=36))
    assert found.rule == "partition-filter"
    assert "partitioned by c1 and c2" in found.message
    assert "all 36 partitions, 5,000 MB" in found.message
    assert "c1 or c2" in found.suggestion
    assert found.saved_bytes is None
    (found,) = advice(orders(partition_columns=("c3",)))
    assert "every partition" in found.message


@pytest.mark.parametrize("columns", [("c0", "C2"), None])
def test_partitions_that_are_used_or_may_be(columns: tuple[str, ...] | None) -> None:
    assert advice(glue(), columns) == []


def test_all_columns_of_a_wide_table() -> None:
    (found,) = advice(orders(40), None, result=3)
    assert found.rule == "all-columns"
    assert "all 40 columns of orders are read, and the result has 3" in found.message
    assert advice(orders(40), None, result=40) == []
    assert advice(orders(40), ("c0", "c1"), result=2) == []
    assert advice(orders(10), None, result=3) == []


def test_text_says_what_parquet_would_save() -> None:
    (found,) = advice(orders(format="csv"), ("c0", "c1"))
    assert found.rule == "text-format"
    assert "CSV" in found.message
    assert "2 of 4 columns" in found.message
    assert found.saved_bytes == (5000 - 2 * 45) * MB
    assert found.sentence.endswith("Store it as Parquet. Saves reading about 4,910 MB.")
    (found,) = advice(glue(format="csv", partition_keys=()), None)
    assert found.saved_bytes == (5000 - 4 * 45) * MB
    found = advice(glue(format="csv"), ("c0", "c3"), "c3 > 5")[-1]
    assert found.saved_bytes == (5000 - 2 * 45) * MB


def test_no_saving_is_shown_that_nobody_knows() -> None:
    wide = orders(format="json")
    nested = wide.columns[0].model_copy(update={"cell_bytes": None})
    cases = [
        advice(wide.model_copy(update={"row_count": None})),
        advice(wide.model_copy(update={"columns": (nested, *wide.columns[1:])})),
        advice(wide.model_copy(update={"row_count": 2000 * MB})),
        advice(glue(format="csv"), ("c0", "c1"), "c1 = 3"),
    ]
    for (found,) in cases:
        assert found.rule == "text-format"
        assert found.saved_bytes is None
        assert "not known" in found.sentence


def test_text_of_this_machine_is_converted_by_the_product() -> None:
    assert advice(orders(format="csv", paths=("/data/a.csv",), script_path="/data/a.csv")) == []


def test_many_small_files() -> None:
    paths = tuple(f"{LAKE}{n}.parquet" for n in range(10_000))
    (found,) = advice(orders(megabytes=1000, paths=paths))
    assert found.rule == "small-files"
    assert "10,000 files of 0.10 MB" in found.message
    assert found.suggestion.startswith("8 files")
    assert advice(orders(megabytes=50_000, paths=paths)) == []


def test_small_and_unknown_sources_get_none() -> None:
    assert advice(orders(megabytes=50, format="csv")) == []
    assert advice(orders(megabytes=None, format="csv")) == []
