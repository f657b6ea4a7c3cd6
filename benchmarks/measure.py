"""Timing and memory of processes, and how a measurement is told."""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

import psutil

ROOT = Path(__file__).resolve().parent.parent
MARK = "BENCHMARK_TREE"


@dataclass(frozen=True)
class Measurement:
    """A figure and the goal it should stay within; `detail` says what it was made of."""

    name: str
    value: float
    unit: str
    goal: float | None
    detail: str

    @property
    def met(self) -> bool:
        return self.goal is None or self.value <= self.goal

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


@dataclass(frozen=True)
class Finished:
    """A process that ended well: seconds from start to end, and what it printed."""

    seconds: float
    output: str


def run_process(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
) -> Finished:
    """Run in the folder to the end.

    Raises:
        RuntimeError: it failed; with the end of its error output.
    """
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**_as_installed(os.environ), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        command_line = " ".join(map(str, command))
        raise RuntimeError(f"{command_line} ended with {done.returncode}: {done.stderr[-2000:]}")
    return Finished(seconds, done.stdout)


def _as_installed(environment: Mapping[str, str]) -> dict[str, str]:
    """Without the wish of some development machines to compile every module anew in each process;
    installed packages have their bytecode."""
    return {k: v for k, v in environment.items() if k != "PYTHONDONTWRITEBYTECODE"}


def alternate(subjects: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median seconds of each; they take turns, so that noise falls on all of them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(runs):
        for name, run in subjects.items():
            tell(f"{name} {number + 1}/{runs}")
            seconds[name].append(run())
    return {name: median(values) for name, values in seconds.items()}


class Tree:
    """Everything that is started with `environment`: known by a mark, so that processes which
    detach belong to it too."""

    def __init__(self) -> None:
        self.environment = {MARK: uuid.uuid4().hex}

    def processes(self) -> set[psutil.Process]:
        marked = {process for process in psutil.process_iter() if self._is_marked(process)}
        return marked | {child for process in marked for child in children(process)}

    def wait(self, timeout: float = 300) -> None:
        """Until all of it is gone."""
        end = time.monotonic() + timeout
        while self.processes() and time.monotonic() < end:
            time.sleep(0.1)

    def _is_marked(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == self.environment[MARK]
        except psutil.Error:
            return False


class PeakMemory:
    """The largest memory of a tree during a `with` block, in MiB; shared pages count once."""

    def __init__(self, tree: Tree, interval: float = 0.05) -> None:
        self.mib = 0.0
        self._tree = tree
        self._interval = interval
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._finished.wait(self._interval):
            self.mib = max(self.mib, sum(map(proportional_mib, self._tree.processes())))


def children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def proportional_mib(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0


def tell(text: str) -> None:
    """Progress, on the error output so that results can be piped."""
    print(f"  {text}", file=sys.stderr, flush=True)
