"""Advice on data in S3, from the profile and the plan of a real question."""

from pathlib import Path

import pytest

from spark_interpreter import Interpreter, Settings
from spark_interpreter.validation import data_advice
from tests.servers.moto import Aws


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
