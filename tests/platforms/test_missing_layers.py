"""On a kernel without a sandbox, runs work, keep their limits, and leave no process."""

import platform
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from spark_interpreter.platforms.embedded.sandbox.layers import sandbox_layers
from tests.platforms.jobs import until

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the filter that hides the layers is for x86_64"
)


def run_poorly(folder: Path, body: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.platforms.poor_kernel", str(folder), body],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_layers_are_reported_with_their_remedy() -> None:
    for layer in sandbox_layers():
        assert layer.name
        assert layer.detail
        assert layer.available or layer.remedy


def test_a_run_works(tmp_path: Path) -> None:
    assert run_poorly(tmp_path, "result = spark.range(3)") == ["layers 0", "rows 3"]


def test_a_detached_process_ends_with_its_run(tmp_path: Path) -> None:
    mark = f"spark-interpreter-test-{time.monotonic_ns()}"
    body = f"""\
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(60)", {mark!r}])
    os._exit(0)
time.sleep(0.5)
result = spark.range(3)"""
    assert run_poorly(tmp_path, body) == ["layers 0", "rows 3"]
    assert until(lambda: not any(mark in process_words(p) for p in psutil.process_iter()))


def test_a_fork_bomb_ends_with_its_run(tmp_path: Path) -> None:
    body = """\
import os, time
while True:
    if os.fork() == 0:
        time.sleep(60)
    time.sleep(0.005)"""
    layers, told = run_poorly(tmp_path, body)
    assert layers == "layers 0"
    assert "its limit is 64" in told


def process_words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
