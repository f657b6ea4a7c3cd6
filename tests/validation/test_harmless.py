"""Scripts people write every day pass the policy."""

import time
from pathlib import Path

import pytest

from tests.validation.support import HARMLESS, policy


def test_there_are_enough() -> None:
    assert len(HARMLESS) >= 40


@pytest.mark.parametrize("path", HARMLESS, ids=lambda path: path.stem)
def test_harmless_script_passes(path: Path) -> None:
    assert [(f.rule, f.line, f.message) for f in policy(path.read_text("utf-8"))] == []


def test_checking_a_script_takes_milliseconds() -> None:
    text = next(path for path in HARMLESS if "window_top_n" in path.stem).read_text("utf-8")
    policy(text)
    started = time.perf_counter()
    for _ in range(10):
        policy(text)
    assert (time.perf_counter() - started) / 10 < 0.05
