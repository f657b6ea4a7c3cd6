"""Many clients at once: no error but 429, fair between users, memory bounded."""

import threading
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from spark_interpreter.stores.access import AccessStore
from tests.api.server import Server, running, until_finished

pytestmark = pytest.mark.xdist_group("service")
CLIENTS = 32
MIB = 1024 * 1024


def ask(client: httpx.Client, orders: Path, number: int, wait: float = 0) -> Any:
    """The turn of a question, asked again as often as the service says to come back."""
    body = {"prompt": "total amount by region", "sources": [str(orders)], "wait": wait}
    while True:
        response = client.post("/spark/generate", json=body | {"session_id": f"load {number}"})
        if response.status_code != 429:
            assert response.status_code in {200, 202}, response.text
            return response.json()
        time.sleep(int(response.headers["Retry-After"]) / 4)


def at_once(tasks: list[threading.Thread]) -> None:
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_many_clients_at_once(tmp_path: Path, orders: Path) -> None:
    with running(
        tmp_path,
        service__runs=2,
        service__queue=12,
        service__queue_per_user=12,
        reuse_answers=False,
    ) as server:
        states: list[str] = []

        def one(number: int) -> None:
            with server.client() as client:
                turn = ask(client, orders, number)
                states.append(until_finished(client, turn, 200)["state"])

        watch = Watch(server)
        at_once([threading.Thread(target=one, args=(n,)) for n in range(CLIENTS)])
        assert states == ["completed"] * CLIENTS
        assert watch.stop() < 700 * MIB
        assert any(line.get("status") == 429 for line in server.lines())
        assert all(line.get("status", 0) < 500 for line in server.lines())


class Watch:
    """The largest resident memory of the server's own process, in bytes, from now on."""

    def __init__(self, server: Server) -> None:
        self._process = psutil.Process(server.pid)
        self._most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self._most = max(self._most, self._process.memory_info().rss)

    def stop(self) -> int:
        self._over.set()
        self._thread.join()
        return self._most


def test_a_busy_user_does_not_delay_the_others(tmp_path: Path, orders: Path) -> None:
    keys = {name: _key(tmp_path, name) for name in ("busy", "modest")}
    with running(
        tmp_path,
        service__runs=1,
        reuse_answers=False,
        service__access__authentication="required",
        service__access__allow='{"*": {"paths": ["*"]}}',
    ) as server:
        busy, modest = (server.client(Authorization=f"Bearer {key}") for key in keys.values())
        with busy, modest:
            many = [ask(busy, orders, n) for n in range(8)]
            assert until_finished(modest, ask(modest, orders, 0, wait=60))["state"] == "completed"
            states = [busy.get(t["links"]["self"]).json()["state"] for t in many]
            assert states.count("queued") >= 4
            assert modest.get(many[0]["links"]["self"]).status_code == 404
            for turn in many:
                busy.post(turn["links"]["cancel"])


def _key(home: Path, user: str) -> str:
    store = AccessStore.of(home / "data")
    _, key = store.create_key(user, "analyst")
    store.close()
    return key
