"""Folders whose names hold columns are read alike by the embedded engine and Apache Spark."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_interpreter import Interpreter, Settings
from tests.parity.compare import Row, differences
from tests.parity.spark import read_output, rows_of, run_together

pytestmark = [
    pytest.mark.parity,
    pytest.mark.xdist_group("spark"),
    pytest.mark.timeout(300),
]

FOLDERS = {
    "month=03/region=north": (1, 2.5),
    "month=11/region=a%20b": (2, 4.0),
    "month=11/region=__HIVE_DEFAULT_PARTITION__": (3, 8.0),
}
EXPECTED: list[Row] = [(3, "north", 2.5), (11, None, 8.0), (11, "a b", 4.0)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("partitions")
    for name, (number, amount) in FOLDERS.items():
        for form in ("csv", "parquet", "json"):
            (base / form / name).mkdir(parents=True)
        (base / "csv" / name / "part.csv").write_text(f"id,amount\n{number},{amount}\n")
        (base / "json" / name / "part.json").write_text(f'{{"id": {number}, "amount": {amount}}}\n')
        table = pa.table({"id": [number], "amount": [amount]})
        pq.write_table(table, base / "parquet" / name / "part.parquet")
    return base


@pytest.fixture(scope="module")
def interpreter(base: Path) -> Iterator[Interpreter]:
    with Interpreter(Settings(data_dir=base / "data", cache_dir=base / "cache")) as made:
        yield made


def test_same_answer_on_both_engines(base: Path, interpreter: Interpreter) -> None:
    scripts = []
    for form in ("csv", "parquet", "json"):
        answer = interpreter.ask("total amount by month and region", [str(base / form)])
        assert answer.ok, (form, answer.turn.error)
        assert answer.turn.script is not None
        found = [(row[0], row[1], row[2]) for row in answer.rows]
        assert not differences(EXPECTED, found, ordered=False), form
        script = base / f"{form}.py"
        output = str(base / "spark" / form)
        script.write_text(answer.turn.script.text.replace(answer.turn.script.output, output))
        scripts.append(script)
    runs = run_together(base, scripts, timeout=280)
    for form, run in runs.items():
        assert not run.error, form
        assert not differences(EXPECTED, rows_of(read_output(base / "spark" / form)), ordered=False)
