"""Questions over differently shaped tables, checked against SQL written by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spark_interpreter import Answer, Interpreter, Settings
from tests.questions.compare import agree
from tests.questions.tables import all_tables, load, write_all

CASES = Path(__file__).parent / "cases"
SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "questions"
TABLES = all_tables()
CONVERTED = re.compile(r'"[^"]*/columnar/\w+\.parquet"')
"""Where a script reads the Parquet form of a file that Spark cannot read."""


def cases(kind: str) -> list[Any]:
    """Cases with an oracle ("sql") or without ("refuse"), as pytest parameters."""
    return [
        pytest.param(file.stem, case, id=f"{file.stem}-{case['id']}")
        for file in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(file.read_text("utf-8"))["case"]
        if kind in case
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions") / "data"
    folder.mkdir()
    write_all(folder)
    return folder


@pytest.fixture(scope="module")
def oracle() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as db:
        for table in TABLES.values():
            load(db, table)
        yield db


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interpreter]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0)
    with Interpreter(settings) as spark:
        yield spark


def ask(interpreter: Interpreter, data: Path, table: str, question: str) -> Answer:
    return interpreter.ask(question, [data / TABLES[table].file])


def rows_of(answer: Answer) -> list[tuple[Any, ...]]:
    """Every row of the result, missing values as None."""
    cells = answer.to_pandas().astype(object)
    return [tuple(None if cell != cell else cell for cell in row) for row in cells.to_numpy()]


def explain(answer: Answer) -> str:
    document = answer.document
    said = document.reading or document.message
    return f"{document.status}: {said}\n{document.script}\n{document.error}"


@pytest.mark.parametrize(("table", "case"), cases("sql"))
def test_answer_agrees_with_the_oracle(
    interpreter: Interpreter,
    oracle: duckdb.DuckDBPyConnection,
    data: Path,
    table: str,
    case: dict[str, Any],
    update_snapshots: bool,
) -> None:
    answer = ask(interpreter, data, table, case["question"])
    assert answer.status == "answered", explain(answer)
    gold = oracle.execute(case["sql"]).fetchall()
    found = rows_of(answer)
    assert agree(gold, found, ordered=case.get("ordered", False)), (
        f"{explain(answer)}\nexpected {gold[:5]}\nfound    {found[:5]}"
    )
    assert_snapshot(f"{table}-{case['id']}", answer, data, update=update_snapshots)


@pytest.mark.parametrize(("table", "case"), cases("refuse"))
def test_what_cannot_be_answered_is_refused(
    interpreter: Interpreter, data: Path, table: str, case: dict[str, Any]
) -> None:
    answer = ask(interpreter, data, table, case["question"])
    document = answer.document
    assert document.status == "needs_input", explain(answer)
    assert document.suggestions
    for name in case.get("names", ()):
        assert name.lower() in f"{document.message} {document.not_understood}".lower()
    asked = answer.turn.needs_input
    assert asked is not None
    if isinstance(case["refuse"], str):
        assert asked.reason == case["refuse"]


def assert_snapshot(name: str, answer: Answer, data: Path, *, update: bool) -> None:
    """The script, with the test's own folders named as a reader would, equals the file."""
    assert answer.turn.script is not None
    text = (
        answer.script.replace(f"{data}/", "data/")
        .replace(answer.turn.script.output, f"output/{name}")
        .replace(answer.turn.session_id, "question")
    )
    text = CONVERTED.sub(f'"data/{name.partition("-")[0]}.parquet"', text)
    file = SNAPSHOTS / f"{name}.py"
    if update:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.exists(), f"no snapshot {file.name}: run with --update-snapshots"
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize(
    "conversation",
    [
        pytest.param(c, id=c["id"])
        for c in tomllib.loads((Path(__file__).parent / "conversations.toml").read_text("utf-8"))[
            "conversation"
        ]
    ],
)
def test_a_follow_up_refines_the_turn_before(
    interpreter: Interpreter,
    oracle: duckdb.DuckDBPyConnection,
    data: Path,
    conversation: dict[str, Any],
) -> None:
    session = None
    sources = [data / TABLES[conversation["table"]].file]
    for turn in conversation["turn"]:
        answer = interpreter.ask(turn["question"], sources, session_id=session)
        sources, session = [], answer.turn.session_id
        assert answer.status == "answered", explain(answer)
        assert agree(
            oracle.execute(turn["sql"]).fetchall(),
            rows_of(answer),
            ordered=turn.get("ordered", False),
        ), explain(answer)
