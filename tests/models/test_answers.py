"""From the question over the model to the answer, and what happens when the model errs."""

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model import Event
from spark_interpreter.supervisor import document
from tests.models.conftest import ANSWER, QUESTION, RIGHT, Asker, answers
from tests.servers.model import LEAVES_CONNECTIONS, Asked, Call, Reply, model_server, says

pytestmark = LEAVES_CONNECTIONS
WRONG_COLUMN = RIGHT["analysis"].replace('"amount"', '"amuont"')  # type: ignore[attr-defined]
FORBIDDEN = "import os\nresult = orders"


@pytest.mark.parametrize("protocol", ["openai", "anthropic", "bedrock", "ollama", "gemini"])
def test_a_model_answers_over_its_own_protocol(asker: Asker, orders: Path, protocol: str) -> None:
    with model_server([answers()]) as server:
        turn = asker.ask(QUESTION, orders, server, protocol)
    assert turn.state == "completed", turn.error
    assert turn.result is not None
    assert turn.result.rows == ANSWER
    assert turn.draft is not None
    assert turn.draft.generator == f"{protocol}/scripted"
    assert turn.draft.usage is not None
    assert (turn.draft.usage.input_tokens, turn.draft.usage.output_tokens) == (1000, 100)
    assert turn.draft.usage.cost is None
    assert turn.attempts == ()
    assert turn.cross_check is not None
    assert turn.cross_check.outcome == "agrees"
    (asked,) = server.requests
    assert asked.tools == ["answer"]
    assert asked.has("North")
    assert "secret-key-12345" not in asked.text
    sent = json.dumps(asked.body)
    assert '"temperature": 0' in sent


def test_what_is_refused_or_fails_goes_back_and_is_mended(asker: Asker, orders: Path) -> None:
    fails_at_run = (
        'checked = orders.withColumn("day", F.to_date(F.concat("region", F.lit("-x"))))\n'
        'result = checked.groupBy("day").agg(F.sum("amount").alias("total"))'
    )
    replies = [answers(WRONG_COLUMN), answers(FORBIDDEN), answers(fails_at_run), answers()]
    with model_server(replies) as server:
        turn = asker.ask(
            QUESTION, orders, server, settings={"prices": {"model_tokens": {"scripted": [1, 10]}}}
        )
        first, second, third, last = server.requests
    assert turn.state == "completed", turn.error
    assert turn.result is not None
    assert turn.result.rows == ANSWER
    assert [attempt.error.code for attempt in turn.attempts] == [
        "validation", "validation", "data_mismatch",
    ]  # fmt: skip
    assert turn.attempts[0].code == '.agg(F.sum("amuont").alias("total"))'
    assert turn.attempts[0].findings[0].rule == "unknown-column"
    assert second.has("Did you mean amount?")
    assert third.has("import os")
    assert all(last.has(a.error.message[:40]) for a in turn.attempts)
    assert turn.model_cost == pytest.approx(4 * (1 + 1))
    kinds = [event.kind for event in asker.heard]
    assert kinds.count("attempt") == 3
    assert any("does not work" in message for message in asker.messages())
    # What does not change between the calls stands first, so that providers can keep it.
    texts = [asked.body["messages"] for asked in (first, last)]
    assert texts[0][0] == texts[1][0]
    assert texts[0][1]["content"][0] == texts[1][1]["content"][0]


def test_the_same_error_twice_ends_the_repair_with_the_planners_answer(
    asker: Asker, orders: Path
) -> None:
    with model_server([answers(WRONG_COLUMN)]) as server:
        turn = asker.ask(QUESTION, orders, server)
        assert len(server.requests) == 2
    assert turn.state == "completed"
    assert turn.result is not None
    assert sorted(turn.result.rows) == sorted(ANSWER)
    assert turn.draft is not None
    assert turn.draft.generator == "planner"
    assert any("built-in planner wrote this" in text for text in turn.draft.assumptions)
    assert len(turn.attempts) == 2
    assert turn.cross_check is None


def test_where_the_planner_has_no_answer_the_models_error_is_the_turns(
    asker: Asker, orders: Path
) -> None:
    with model_server([answers(FORBIDDEN)]) as server:
        turn = asker.ask("frobnicate the zorps", orders, server, max_repairs=0)
    assert turn.state == "refused"
    assert turn.error is not None
    assert turn.error.message == "A script cannot import os."
    assert len(turn.attempts) == 1


def test_a_difference_to_the_planner_is_shown(asker: Asker, orders: Path) -> None:
    average = str(RIGHT["analysis"]).replace("F.sum", "F.avg")
    with model_server([answers(average)]) as server:
        turn = asker.ask(QUESTION, orders, server)
    assert turn.state == "completed"
    assert turn.result is not None
    assert turn.result.rows == (("North", 15), ("South", 16))
    check = turn.cross_check
    assert check is not None
    assert check.outcome == "differs"
    assert sorted(check.rows) == sorted(ANSWER)
    assert check.reading
    assert check.reading in check.message
    assert any(event.kind == "cross_check" for event in asker.heard)
    assert check.message in document(turn).summary


def test_a_cross_check_over_a_sample(
    asker: Asker, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spark_interpreter.supervisor.cross_check.WHOLE_BYTES", 10)
    monkeypatch.setattr("spark_interpreter.supervisor.cross_check.SAMPLE_ROWS", 4)
    with model_server([answers()]) as server:
        turn = asker.ask(QUESTION, orders, server)
    assert turn.cross_check is not None
    assert turn.cross_check.outcome == "agrees", turn.cross_check
    assert turn.cross_check.sample == 4
    assert sorted(turn.cross_check.rows) == [("North", 4), ("South", 6)]


def test_a_model_may_refuse_and_ask_back(asker: Asker, orders: Path) -> None:
    refusal = {"kind": "refuse", "message": "There are no costs.", "suggestions": [QUESTION]}
    with model_server([Reply(calls=(Call("answer", refusal),))]) as server:
        turn = asker.ask("profit by region", orders, server)
    assert turn.state == "needs_input"
    assert turn.needs_input is not None
    assert turn.needs_input.reason == "unanswerable"
    assert turn.needs_input.message == "There are no costs."
    assert turn.needs_input.suggestions == (QUESTION,)


def test_cancel_stops_a_model_in_the_middle(asker: Asker, orders: Path) -> None:
    cancellation = Cancellation()

    def on_event(event: Event) -> None:
        if event.message.startswith("Asking"):
            threading.Timer(0.3, cancellation.cancel).start()

    with model_server([says("slow words " * 300, delay=0.05)]) as server:
        turn = asker.ask(QUESTION, orders, server, cancellation=cancellation, on_event=on_event)
        assert turn.state == "cancelled"
        assert server.hung_up.wait(10)


def test_without_a_model_nothing_is_called(
    asker: Asker, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "a-key-of-the-environment")

    def called(asked: Asked) -> Reply:
        raise AssertionError("a model was called")

    connected: list[object] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            connected.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    with model_server(called) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        turn = asker.ask(QUESTION, orders, None)
        assert server.requests == []
    assert connected == []
    assert turn.state == "completed"
    assert turn.draft is not None
    assert turn.draft.generator == "planner"
    assert turn.cross_check is None


@pytest.mark.parametrize("provider", ["", "openai"])
def test_nothing_of_a_model_is_imported_before_one_is_called(provider: str) -> None:
    """Neither the package nor the parts of a turn bring in what takes seconds to import."""
    code = f"""
import sys
from spark_interpreter import Interpreter, Settings
import spark_interpreter.cli.main
with Interpreter(Settings(model={{"provider": "{provider}", "name": "scripted"}})) as spark:
    checks = spark.doctor()
heavy = {{"strands", "openai", "anthropic", "ollama", "google.genai", "boto3"}} & set(sys.modules)
print(sorted(heavy), [c.ok for c in checks if c.group == "model"])
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.strip() == ("[] [True]" if provider else "[] [None]"), ran.stderr
