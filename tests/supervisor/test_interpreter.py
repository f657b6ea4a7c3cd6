"""The Python face: asking, following up, running scripts, cancelling, looking back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter import Cancellation, Interpreter, Settings
from spark_interpreter.errors import NotFound, ResultError, UsageError
from spark_interpreter.model import Event


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(
        data_dir=home / "data", cache_dir=home / "cache", cache_max_mb=0, reuse_answers=False
    )


@pytest.fixture(scope="module")
def spark(settings: Settings) -> Iterator[Interpreter]:
    with Interpreter(settings) as interpreter:
        yield interpreter


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    rows = [f"{n},2024-0{n % 3 + 1}-11,{'North' if n % 2 else 'South'},{n}" for n in range(1, 31)]
    path.write_text("\n".join(["id,day,region,amount", *rows]) + "\n")
    return path


def test_a_question_gets_its_answer(spark: Interpreter, orders: Path) -> None:
    answer = spark.ask("total amount by region", [orders])
    assert answer.ok
    assert sorted(answer.rows) == [("North", 225), ("South", 240)]
    assert answer.to_pandas()[answer.columns[1]].sum() == 465
    assert "groupBy" in answer.script
    assert answer.document.platform == "local"
    assert {"profiling", "generating", "validating", "running"} <= set(answer.document.timings)


def test_events_tell_the_turn_in_order(spark: Interpreter, orders: Path) -> None:
    events: list[Event] = []
    answer = spark.ask("how many orders are there", [orders], on_event=events.append)
    assert [e.sequence for e in events] == list(range(1, len(events) + 1))
    states = list(dict.fromkeys(e.state for e in events))
    assert states == ["profiling", "generating", "validating", "placing", "running", "completed"]
    assert list(spark.events(answer.turn.session_id, answer.turn.number)) == events


def test_a_session_remembers_its_data_and_its_question(spark: Interpreter, orders: Path) -> None:
    first = spark.ask("total amount by region", [orders])
    second = spark.ask("only in the North", session_id=first.turn.session_id)
    assert second.turn.number == 2
    assert second.rows == (("North", 225),)
    kept = spark.answers(first.turn.session_id)
    assert [a.document for a in kept] == [first.document, second.document]


def test_a_dry_run_stops_after_the_verdict(spark: Interpreter, orders: Path) -> None:
    answer = spark.ask("total amount by region", [orders], dry_run=True)
    assert answer.ok
    assert answer.script
    assert answer.document.columns
    assert answer.turn.run is None
    with pytest.raises(ResultError, match="no result"):
        answer.to_pandas()


def test_a_cell_of_another_type_far_down_is_read_again(spark: Interpreter, tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    with path.open("w") as file:
        file.write("id,amount\n")
        file.writelines(f"{n},{n % 7}{'.5' if n == 240_123 else ''}\n" for n in range(300_000))
    answer = spark.ask("total amount", [path])
    assert answer.ok, answer.document.error
    assert answer.rows[0][0] == sum(n % 7 for n in range(300_000)) + 0.5


def test_an_edited_script_runs_through_the_same_checks(spark: Interpreter, orders: Path) -> None:
    first = spark.ask("total amount by region", [orders])
    edited = first.script.replace("F.sum", "F.max")
    again = spark.run(edited, [orders], session_id=first.turn.session_id)
    assert again.ok, again.document.error
    assert sorted(again.rows) == [("North", 29), ("South", 30)]


def test_a_script_that_reaches_out_is_refused(spark: Interpreter) -> None:
    answer = spark.run("import os\nos.system('true')\n")
    assert answer.status == "refused"
    assert answer.document.findings
    assert answer.document.error is not None
    assert answer.document.error.phase == "validating"


def test_a_wrong_column_is_found_before_the_run(spark: Interpreter, orders: Path) -> None:
    first = spark.ask("total amount by region", [orders])
    answer = spark.run(first.script.replace('"region"', '"regoin"'), [orders])
    assert answer.status == "refused"
    assert "region" in (
        answer.document.findings[0].suggestion + answer.document.findings[0].message
    )


def test_a_missing_file_is_named(spark: Interpreter, tmp_path: Path) -> None:
    answer = spark.ask("how many rows", [tmp_path / "nowhere.csv"])
    assert answer.status == "failed"
    assert answer.document.error is not None
    assert answer.document.error.code == "source_not_found"
    assert "nowhere.csv" in answer.document.error.message


def test_an_empty_question_is_a_usage_error(spark: Interpreter, orders: Path) -> None:
    with pytest.raises(UsageError):
        spark.ask("   ", [orders])


@pytest.mark.parametrize("source", ["", 5, None])
def test_what_is_no_source_is_a_usage_error(spark: Interpreter, source: Any) -> None:
    with pytest.raises(UsageError, match="is not a source"):
        spark.ask("how many rows", [source])


def test_an_unknown_session_is_not_found(spark: Interpreter, orders: Path) -> None:
    with pytest.raises(NotFound):
        spark.ask("how many rows", [orders], session_id="0" * 40)


def test_cancelling_ends_the_turn(spark: Interpreter, orders: Path) -> None:
    cancellation = Cancellation()

    def stop_when_running(event: Event) -> None:
        if event.state == "running":
            cancellation.cancel()

    answer = spark.ask(
        "total amount by region", [orders], on_event=stop_when_running, cancellation=cancellation
    )
    assert answer.status == "cancelled"


async def collect(spark: Interpreter, orders: Path) -> tuple[list[Event], str]:
    asking = spark.start("total amount by region", [orders])
    events = [event async for event in asking]
    return events, (await asking).status


def test_events_can_be_awaited(spark: Interpreter, orders: Path) -> None:
    import asyncio

    events, status = asyncio.run(collect(spark, orders))
    assert status == "answered"
    assert events[-1].state == "completed"


def test_a_killed_process_leaves_a_failed_turn(settings: Settings, orders: Path) -> None:
    program = (
        "import sys, time\n"
        "from spark_interpreter import Interpreter\n"
        "def hold(event):\n"
        "    if event.state == 'running':\n"
        "        print(event.session_id, flush=True)\n"
        "        time.sleep(60)\n"
        f"Interpreter().ask('total amount by region', [{str(orders)!r}], on_event=hold)\n"
    )
    environment = {
        **os.environ,
        "SPARK_INTERPRETER_DATA_DIR": str(settings.data_dir),
        "SPARK_INTERPRETER_CACHE_DIR": str(settings.cache_dir),
    }
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        session_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)
    time.sleep(0.1)
    with Interpreter(settings) as spark:
        (answer,) = spark.answers(session_id)
    assert answer.status == "failed"
    assert answer.document.error is not None
    assert answer.document.error.code == "interrupted"
