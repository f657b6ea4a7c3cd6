"""A result that is wanted in S3 as well."""

from pathlib import Path

from spark_interpreter import Interpreter, Settings
from spark_interpreter.model import Manifest
from spark_interpreter.storage import Storage
from tests.servers.moto import Aws


def test_the_result_is_there_and_here(aws: Aws, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("region,amount\nNorth,1\nSouth,2\nNorth,3\n")
    base = f"s3://{aws.new_bucket()}/reports"
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", cache_max_mb=0)
    with Interpreter(settings) as spark:
        answer = spark.ask("total amount by region", [orders], output=base)
        assert answer.ok
        place = f"{base}/{answer.turn.session_id}/1"
        assert f'.parquet("{place}")' in answer.script
        assert sorted(answer.rows) == [("North", 4), ("South", 2)]
        stored = Storage()
        manifest = Manifest.model_validate_json(stored.read_bytes(f"{place}/manifest.json"))
        assert manifest.row_count == 2
        assert {o.name for o in stored.list(place)} == {
            "manifest.json", *(file.path for file in manifest.files),
        }  # fmt: skip

        lost = spark.ask("total amount by region", [orders], output="s3://no-such-bucket")
        assert lost.turn.error is not None
        assert "no-such-bucket" in lost.turn.error.message
