"""Stops, kills and starts again: what waits goes on, what ran says that it was interrupted."""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from spark_interpreter.api.schemas import turn_path
from spark_interpreter.model import FINAL_STATES
from spark_interpreter.stores import SqliteSessionStore
from tests.api.server import Events, Server, gone, until_finished

pytestmark = pytest.mark.xdist_group("service")
KILLS = 20


def begin(client: httpx.Client, path: str, **body: object) -> Any:
    response = client.post(path, json=body)
    assert response.status_code == 202, response.text
    return response.json()


def until_state(client: httpx.Client, turn: Any, state: str) -> None:
    for _ in range(600):
        if client.get(turn["links"]["self"]).json()["state"] == state:
            return
        time.sleep(0.05)
    pytest.fail(f"never {state}")


def test_a_restart(tmp_path: Path, orders: Path, slow_script: str) -> None:
    server = Server(tmp_path, service__runs=1, service__grace_seconds=0.5).start()
    question = {"prompt": "total amount by region", "sources": [str(orders)]}
    with server.client() as client:
        running = begin(client, "/spark/execute", spark_code=slow_script)
        until_state(client, running, "running")
        waiting = begin(client, "/spark/generate", **question)
        processes = server.processes()
        with client.stream("GET", waiting["links"]["events"]):
            started = time.monotonic()
            assert server.stop() == 0
    assert time.monotonic() - started < 8
    assert gone(processes)
    server.start()
    with server.client() as client:
        interrupted = client.get(running["links"]["self"]).json()
        assert interrupted["answer"]["error"]["code"] == "interrupted"
        assert until_finished(client, waiting)["state"] == "completed"
        again = client.post(f"{running['links']['self']}/retry").json()
        client.post(again["links"]["cancel"])
        with client.stream("GET", waiting["links"]["events"]) as response:
            assert list(Events(response))[-1]["state"] == "completed"
    server.stop()


Key = tuple[str, int]


def look(client: httpx.Client, asked: list[Key], finished: dict[Key, Any]) -> None:
    """Note the rows of the turns that have ended since; those of interrupted ones are empty."""
    for key in [key for key in asked if key not in finished][:8]:
        seen = client.get(turn_path(*key)).json()
        if seen["finished"]:
            finished[key] = seen["answer"]["rows"]


def audited(home: Path) -> Iterator[Key]:
    """The turns whose end the audit log has."""
    for file in (home / "data/audit").glob("*.jsonl"):
        for line in map(json.loads, file.read_text("utf-8").splitlines()):
            if line["action"] == "turn":
                yield line["session"], line["turn"]


@pytest.mark.timeout(300)
def test_killed_at_random_moments_under_load(tmp_path: Path, orders: Path) -> None:
    """No finished turn is lost, nothing of a run is left behind, interrupted turns say so."""
    chance = random.Random(3)
    server = Server(tmp_path, service__runs=2, reuse_answers=False).start()
    finished: dict[Key, Any] = {}
    asked: list[Key] = []
    pids: list[int] = []
    question = {"prompt": "total amount by region", "sources": [str(orders)]}
    for kill in range(KILLS):
        with server.client() as client:
            for _ in range(3):
                turn = begin(client, "/spark/generate", **question)
                asked.append((turn["session_id"], turn["turn"]))
            known = sum(map(bool, finished.values()))
            deadline = time.monotonic() + chance.uniform(0, 1.2)
            while time.monotonic() < deadline:
                look(client, asked, finished)
            while kill % 7 == 1 and sum(map(bool, finished.values())) == known:
                look(client, asked, finished)  # a slow machine finishes nothing between its kills
        descendants = server.processes()
        pids.append(server.pid)
        server.kill()
        server.start()
        assert gone(descendants)
    with server.client() as client:
        ended = [until_finished(client, client.get(turn_path(*key)).json()) for key in asked]
    assert server.stop() == 0
    states = {turn["state"] for turn in ended}
    assert states <= {"completed", "failed"}
    for turn in ended:
        if turn["state"] == "failed":
            assert turn["answer"]["error"]["code"] == "interrupted", turn["answer"]["error"]
    by_key = {(t["session_id"], t["turn"]): t for t in ended}
    interrupted = {key for key, turn in by_key.items() if turn["state"] == "failed"}
    assert interrupted <= set(audited(tmp_path))
    assert any(finished.values())
    for key, rows in finished.items():
        assert by_key[key]["answer"]["rows"] == rows
    store = SqliteSessionStore(tmp_path / "data/sessions.db")
    for each in store.list_sessions("local", limit=1000):
        for kept in store.list_turns("local", each.id):
            assert kept.state in FINAL_STATES
            sequence = [e.sequence for e in store.list_events("local", each.id, kept.number)]
            assert sequence == list(range(1, len(sequence) + 1))
    store.close()
    for pid in pids:
        assert not list(Path(tempfile.gettempdir()).glob(f"spark-interpreter-run-{pid}-*"))
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)]
