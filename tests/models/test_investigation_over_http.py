"""An investigation asked over HTTP: a turn with a report, and a turn for each of its questions."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.server import Events, running, until_finished
from tests.models.test_investigation import CODE, QUESTION, REPORT, Model, orders
from tests.servers.model import Asked, ModelServer, Reply, Script, calls, model_server

__all__ = ["orders"]
SHIFTED = re.sub(r"\[(\d)\]", lambda turn: f"[{int(turn[1]) + 1}]", REPORT)
"""The report where the investigation itself is the first turn."""


@contextmanager
def asking(home: Path, script: Script) -> Iterator[tuple[httpx.Client, ModelServer]]:
    """A service whose model is scripted."""
    with model_server(script) as model:
        settings = {f"model__{name}": value for name, value in model.settings("openai").items()}
        prices = '{"scripted": [0.001, 0.01]}'
        with (
            running(home, model__cross_check="off", prices__model_tokens=prices, **settings) as at,
            at.client() as client,
        ):
            yield client, model


def begin(client: httpx.Client, orders: Path) -> Any:
    body = {"prompt": QUESTION, "sources": [str(orders)], "mode": "agent"}
    response = client.post("/spark/generate", json=body)
    assert response.status_code == 202, response.text
    return response.json()


def test_a_report_and_the_turns_behind_it(tmp_path: Path, orders: Path) -> None:
    with asking(tmp_path, Model(SHIFTED)) as (client, _):
        turn = begin(client, orders)
        with client.stream("GET", turn["links"]["events"]) as response:
            events = list(Events(response))
        done = until_finished(client, turn)
        session = client.get(f"/spark/result/{turn['session_id']}").json()
        last = client.get(f"/spark/result/{turn['session_id']}/7").json()
        costs = client.get("/costs").json()
    assert done["state"] == "completed"
    report = done["answer"]["report"]
    assert report["text"] == done["answer"]["summary"] == SHIFTED.strip()
    assert [step["question"] for step in report["steps"]] == list(CODE)
    assert [step["turn"] for step in report["steps"]] == [2, 3, 4, 5, 6, 7]
    assert {"text": "100", "turn": 7} in report["numbers"]
    assert {"text": "45.2%", "turn": None} in report["numbers"]
    assert [event["data"]["step"]["turn"] for event in events if "step" in event["data"]] == [
        2, 3, 4, 5, 6, 7,
    ]  # fmt: skip
    assert events[-1]["state"] == "completed"
    assert [each["state"] for each in session["turns"]] == ["completed"] * 7
    assert last["answer"]["rows"] == [[100]]
    assert 0 < done["answer"]["cost"] < report["cost"] == pytest.approx(costs["total"])


def test_cancelling_ends_the_question_that_is_being_asked(tmp_path: Path, orders: Path) -> None:
    def slow(asked: Asked) -> Reply:
        if "ask" in asked.tools:
            return calls("ask", {"question": "total amount by month"})
        return Reply(text="thinking " * 500, delay=0.2)

    with asking(tmp_path, slow) as (client, model):
        turn = begin(client, orders)
        while not any("ask" not in asked.tools for asked in model.requests):
            time.sleep(0.05)
        client.post(turn["links"]["cancel"])
        done = until_finished(client, turn, seconds=10)
        session = client.get(f"/spark/result/{turn['session_id']}").json()
    assert done["state"] == "cancelled"
    assert [each["state"] for each in session["turns"]] == ["cancelled", "cancelled"]


def test_without_a_model_it_is_refused_at_once(tmp_path: Path, orders: Path) -> None:
    with running(tmp_path) as server, server.client() as client:
        body = {"prompt": QUESTION, "sources": [str(orders)], "mode": "agent"}
        refused = client.post("/spark/generate", json=body)
        assert client.get("/sessions").json()["sessions"] == []
    assert refused.status_code == 409
    assert "needs a language model" in refused.text
    assert "SPARK_INTERPRETER_MODEL__PROVIDER" in refused.text
