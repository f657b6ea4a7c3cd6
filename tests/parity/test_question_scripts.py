"""The scripts of the question suite give on Apache Spark what the product answered here.

All snapshots run unchanged, inside one Apache Spark; some of them also with a `spark-submit` of
their own, as a person would run them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from spark_interpreter import Answer, Interpreter, Settings
from tests.parity.compare import differences
from tests.parity.spark import SparkRun, read_output, rows_of, run_together, submit
from tests.questions.related import write_related
from tests.questions.tables import all_tables, write_all
from tests.questions.test_joins import files_of, joined_cases
from tests.questions.test_questions import SNAPSHOTS, cases

pytestmark = [
    pytest.mark.parity,
    pytest.mark.xdist_group("spark"),
    pytest.mark.timeout(900),
]

TABLES = all_tables()
SUBMITTED_ALONE = ("sales-revenue-month", "employees-count", "flights-count")


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0)
    with Interpreter(settings) as spark:
        yield spark


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, interpreter: Interpreter) -> Path:
    """The data as the scripts name them, workbooks also in the form Spark can read."""
    folder = tmp_path_factory.mktemp("questions")
    data = folder / "data"
    data.mkdir()
    write_all(data)
    write_related(data)
    for table in TABLES.values():
        if table.file.endswith(".xlsx"):
            script = interpreter.ask("how many rows", [data / table.file]).turn.script
            assert script is not None
            (converted,) = (path for path in script.read_paths if path.endswith(".parquet"))
            (data / f"{table.name}.parquet").symlink_to(converted)
    return folder


@pytest.fixture(scope="module")
def runs(workspace: Path) -> dict[str, SparkRun]:
    return run_together(workspace, sorted(SNAPSHOTS.glob("*.py")), timeout=880)


@pytest.mark.parametrize(("table", "case"), cases("sql"))
def test_same_answer_on_apache_spark(
    interpreter: Interpreter,
    runs: dict[str, SparkRun],
    workspace: Path,
    tmp_path: Path,
    table: str,
    case: dict[str, Any],
) -> None:
    answer = interpreter.ask(case["question"], [workspace / "data" / TABLES[table].file])
    assert_same(answer, f"{table}-{case['id']}", runs, workspace, tmp_path)


@pytest.mark.parametrize(("name", "case"), joined_cases("sql"))
def test_same_answer_across_tables(
    interpreter: Interpreter,
    runs: dict[str, SparkRun],
    workspace: Path,
    tmp_path: Path,
    name: str,
    case: dict[str, Any],
) -> None:
    answer = interpreter.ask(case["question"], files_of(workspace / "data", name))
    assert_same(answer, f"{name}-{case['id']}", runs, workspace, tmp_path)


def assert_same(
    answer: Answer, name: str, runs: dict[str, SparkRun], workspace: Path, tmp_path: Path
) -> None:
    """Apache Spark's output of the snapshot is the answer given here."""
    assert name in runs, f"no snapshot of {name}: pytest tests/questions --update-snapshots"
    assert not runs[name].error
    assert answer.turn.draft is not None
    answer.export(tmp_path / "answer.parquet")
    here = pq.ParquetFile(tmp_path / "answer.parquet").read()
    there = read_output(workspace / "output" / name)
    assert there.column_names == here.column_names
    assert not differences(rows_of(here), rows_of(there), ordered=answer.turn.draft.ordered)


@pytest.mark.parametrize("name", SUBMITTED_ALONE)
def test_runs_with_plain_spark_submit(
    name: str, runs: dict[str, SparkRun], workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(workspace / "data")
    done = submit(tmp_path, str(SNAPSHOTS / f"{name}.py"), timeout=200)
    assert done.returncode == 0, done.stderr
    together, alone = (read_output(base / "output" / name) for base in (workspace, tmp_path))
    assert not differences(rows_of(together), rows_of(alone), ordered=False)
