"""Questions of data in S3, from the question to the answer on this machine."""

import csv
import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from spark_interpreter import Interpreter, Settings
from tests.servers.moto import Aws

ORDERS = "order_id,region,order_date,price\n" + "".join(
    f"{n},{('north', 'south', 'east')[n % 3]},2025-0{1 + n % 3}-{1 + n % 28:02},{n % 50}.5\n"
    for n in range(3000)
)
EXPECTED = {
    region: sum(n % 50 + 0.5 for n in range(3000) if n % 3 == place)
    for place, region in enumerate(("north", "south", "east"))
}


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    base = tmp_path_factory.mktemp("s3-questions")
    settings = Settings(data_dir=base / "data", cache_dir=base / "cache", cache_max_mb=0)
    with Interpreter(settings) as made:
        yield made


@pytest.fixture
def bucket(aws: Aws) -> str:
    return aws.new_bucket()


def layouts(aws: Aws, bucket: str) -> dict[str, str]:
    """The same orders in several forms: names and URIs."""
    rows = list(csv.DictReader(io.StringIO(ORDERS)))
    table = pacsv.read_csv(io.BytesIO(ORDERS.encode()))
    aws.put(bucket, "orders.csv", ORDERS)
    lines = [json.dumps({**row, "price": float(row["price"])}) for row in rows]
    aws.put(bucket, "orders.jsonl", "\n".join(lines))
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer)
    aws.put(bucket, "orders.parquet", buffer.getvalue().to_pybytes())
    head = ORDERS.splitlines()[0]
    for region in EXPECTED:
        kept = [",".join((r["order_id"], r["order_date"], r["price"])) for r in rows
                if r["region"] == region]  # fmt: skip
        text = "\n".join([head.replace("region,", ""), *kept, ""])
        aws.put(bucket, f"by_region/region={region}/part.csv", text)
        part = pacsv.read_csv(io.BytesIO(text.encode()))
        buffer = pa.BufferOutputStream()
        pq.write_table(part, buffer)
        aws.put(bucket, f"by_region_pq/region={region}/p.parquet", buffer.getvalue().to_pybytes())
    latin = ORDERS.replace("north", "nörth").encode("latin-1")
    aws.client("s3").put_object(Bucket=bucket, Key="latin.csv", Body=latin)
    names = ("orders.csv", "orders.jsonl", "orders.parquet", "by_region", "by_region_pq",
             "latin.csv")  # fmt: skip
    return {name: f"s3://{bucket}/{name}" for name in names}


@pytest.mark.timeout(300)
def test_the_same_question_of_every_form(aws: Aws, bucket: str, interpreter: Interpreter) -> None:
    for name, uri in layouts(aws, bucket).items():
        answer = interpreter.ask("total price by region", [uri])
        assert answer.ok, (name, answer.turn.error)
        found = {str(row[0]).replace("ö", "o"): float(row[1]) for row in answer.rows}
        assert found == pytest.approx(EXPECTED), name
        assert answer.turn.script is not None
        assert uri in answer.turn.script.text


def test_only_the_partition_that_is_asked_for_moves(
    aws: Aws, bucket: str, interpreter: Interpreter
) -> None:
    uri = layouts(aws, bucket)["by_region"]
    answer = interpreter.ask("total price where region is south", [uri])
    assert answer.ok, answer.turn.error
    assert float(answer.rows[0][-1]) == pytest.approx(EXPECTED["south"])


def test_a_late_cell_of_another_type(aws: Aws, bucket: str, interpreter: Interpreter) -> None:
    body = "id,amount\n" + "".join(f"{n},{n % 5}\n" for n in range(1_200_000))
    middle = body.index("\n700000,") + 1
    end = body.index("\n", middle)
    aws.put(bucket, "late.csv", f"{body[:middle]}700000,2.5{body[end:]}")
    answer = interpreter.ask("total amount", [f"s3://{bucket}/late.csv"])
    assert answer.ok, answer.turn.error
    replaced = 700_000 % 5
    expected = sum(n % 5 for n in range(1_200_000)) - replaced + 2.5
    assert float(answer.rows[0][-1]) == pytest.approx(expected)


def test_a_key_of_two_columns_is_found_in_objects(
    aws: Aws, bucket: str, interpreter: Interpreter
) -> None:
    lines = [(order, line, "ab"[line]) for order in range(40) for line in range(2)]
    text = "".join(f"{order},{line},{product}\n" for order, line, product in lines)
    aws.put(bucket, "order_lines.csv", f"order_id,line_no,product\n{text}")
    columns = ("order_id", "line_no", "weight")
    rows = [(order, line, 1 + line) for order, line, _ in lines * 2]
    table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(columns)})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer)
    aws.put(bucket, "shipments.parquet", buffer.getvalue().to_pybytes())
    uris = [f"s3://{bucket}/order_lines.csv", f"s3://{bucket}/shipments.parquet"]
    answer = interpreter.ask("total weight by product", uris)
    assert answer.ok, answer.document
    assert {str(p): int(str(w)) for p, w in answer.rows} == {"a": 80, "b": 160}
