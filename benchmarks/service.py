"""The service under load: many clients at once against the same questions one after another."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from benchmarks.data import write_sales
from benchmarks.measure import Measurement, tell
from benchmarks.speed import LATER_QUESTIONS
from tests.api.server import Server, running

CLIENTS = 32
ROWS = 50_000
ENGINE_STAGES = ("validating", "running")
"""What of a turn is the engine's own time: the plan's check, and the run."""


def serve_many(folder: Path, runs: int) -> Iterator[Measurement]:  # noqa: ARG001 - once is long
    """32 clients that ask one question each, on as many processors as there are."""
    path = folder / "sales.csv"
    write_sales(path, ROWS)
    with running(folder / "home", reuse_answers=False) as server:
        _ask(server, path, LATER_QUESTIONS[0])
        alone, _ = _timed(server, path, clients=1)
        together, turns = _timed(server, path, clients=CLIENTS)
    tell(f"{CLIENTS / alone:.1f} turns a second one by one, {CLIENTS / together:.1f} together")
    yield Measurement(
        name="service, 32 at once",
        value=together / alone,
        unit="x the time one by one",
        goal=1 / 1.5,
        detail=f"{CLIENTS / alone:.1f} turns a second one by one, {CLIENTS / together:.1f} at once",
    )
    overheads = [_overhead(turn) for turn in turns]
    yield Measurement(
        name="service, overhead",
        value=quantiles(overheads, n=20)[-1],
        unit="s",
        goal=None,
        detail="95th percentile of a turn's time after the queue without the engine's own",
    )


def _timed(server: Server, path: Path, clients: int) -> tuple[float, list[Any]]:
    questions = [LATER_QUESTIONS[n % len(LATER_QUESTIONS)] for n in range(CLIENTS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        turns = list(pool.map(lambda question: _ask(server, path, question), questions))
    return time.perf_counter() - started, turns


def _ask(server: Server, path: Path, question: str) -> Any:
    body = {"prompt": question, "sources": [str(path)], "wait": 60}
    with server.client() as client:
        response = client.post("/spark/generate", json=body)
        response.raise_for_status()
        turn = response.json()
        while not turn["finished"]:
            turn = _poll(client, turn["links"]["self"])
    if turn["state"] != "completed":
        raise RuntimeError(f"{question}: {turn['state']}")
    return turn


def _poll(client: httpx.Client, at: str) -> Any:
    time.sleep(0.05)
    return client.get(at).raise_for_status().json()


def _overhead(turn: Any) -> float:
    """Seconds of a turn that are neither the queue's nor the engine's."""
    timings: dict[str, float] = turn["answer"]["timings"]
    return sum(s for stage, s in timings.items() if stage not in {"queued", *ENGINE_STAGES})
