"""Advice from the profile and the plan of a real question, and the platform it runs on."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter import Interpreter, Settings
from spark_interpreter.model import PlatformName
from spark_interpreter.validation import data_advice
from tests.servers.moto import Aws
from tests.servers.sail import sail_home


def test_partitioned_text_in_s3(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_advice, "LARGE_BYTES", 100_000)  # a large source takes long to store
    bucket = aws.new_bucket()
    rows = [
        f"{n},{'North' if n % 2 else 'South'},{n % 97},a note of some words\n" for n in range(2500)
    ]
    text = "id,region,amount,note\n" + "".join(rows)
    for year in (2024, 2025):
        aws.put(bucket, f"orders/year={year}/part.csv", text)
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", cache_max_mb=0)
    with Interpreter(settings) as spark:

        def advice(question: str) -> dict[str, int | None]:
            answer = spark.ask(question, [f"s3://{bucket}/orders/"], dry_run=True)
            assert answer.turn.error is None, answer.turn.error
            return {finding.rule: finding.saved_bytes for finding in answer.document.findings}

        found = advice("total amount by region")
        assert set(found) == {"partition-filter", "text-format"}
        assert found["partition-filter"] is None
        saved = found["text-format"]
        assert saved is not None
        assert len(text) < saved < 2 * len(text)
        assert set(advice("total amount by region for year 2025")) == {"text-format"}


def hollow(path: Path, mebibytes: int) -> str:
    """A Parquet file of that size with three rows: nothing lies between its rows and its footer."""
    pq.write_table(pa.table({"id": [1, 2, 3]}), path)
    text = path.read_bytes()
    footer = int.from_bytes(text[-8:-4], "little") + 8
    with path.open("r+b") as file:
        file.seek(mebibytes * 1024**2 - footer)
        file.write(text[-footer:])
    return str(path)


JOIN = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
orders = spark.read.parquet({orders!r})
stores = spark.read.parquet({stores!r})
result = orders.join(stores, "id").agg(F.count("*").alias("n"))
result.write.mode("overwrite").parquet("result")
"""


def test_advice_fits_the_platform(tmp_path: Path) -> None:
    """Of a join whose small side Apache Spark alone has to be told of."""
    files = {"orders": hollow(tmp_path / "orders.parquet", 490)}
    files["stores"] = hollow(tmp_path / "stores.parquet", 48)
    settings = Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        connect={"spark_home": str(sail_home(tmp_path / "home"))},
    )
    with Interpreter(settings) as spark:

        def advice(platform: PlatformName | None = None, **how: Any) -> set[str]:
            answer = spark.run(JOIN.format(**files), platform=platform, **how)
            assert answer.turn.error is None, answer.turn.error
            return {finding.rule for finding in answer.document.findings}

        assert advice(dry_run=True) == {"broadcast-join"}
        assert advice("local") == set()
        assert advice("connect") == {"broadcast-join"}
