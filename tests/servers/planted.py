"""Secrets planted in the tests, and the search for them once all tests have run.

Every password, key and token of the tests begins with `MARK`. Nothing that the product writes,
logs, answers or starts may contain it: neither the files below the tests' folders (databases,
logs, results, scripts, caches), nor any response, nor the arguments of any process.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import psutil
import pytest

MARK = "planted-5e1f9c"
PASSWORD = f"{MARK}-river-stone"
TOKEN = f"{MARK}-token"

_LOOK_SECONDS = 0.5


class Lookout:
    """Watches the arguments of the processes that tests start."""

    def __init__(self, mark: str = MARK) -> None:
        self._mark = mark
        self.seen: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for process in psutil.Process().children(recursive=True):
                try:
                    arguments = " ".join(process.cmdline())
                except psutil.Error:
                    continue
                if self._mark in arguments:
                    self.seen.add(f"the arguments of a process: {arguments[:200]}")


def files_with_the_mark(folder: Path) -> Iterator[Path]:
    """Files in which a planted secret stands."""
    mark = MARK.encode()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and mark in path.read_bytes():
            yield path


def refuse_the_mark(response: httpx.Response) -> None:
    """What every test client does with a response: no secret may come back in it."""
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        return  # the same events are in the store, which is searched
    assert MARK not in response.read().decode("utf-8", "replace"), response.url
    assert MARK not in str(response.headers)


@pytest.fixture(autouse=True, scope="session")
def nothing_leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test of a process: planted secrets are nowhere."""
    with Lookout() as lookout:
        yield
    found = [*lookout.seen, *map(str, files_with_the_mark(tmp_path_factory.getbasetemp()))]
    assert not found, f"planted secrets were found: {found[:10]}"
