"""A kept server ends with its owner, however the owner ends."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from spark_interpreter.model.deployment import ConnectSettings
from spark_interpreter.platforms.connect.kept import KeptProcess
from tests.platforms.jobs import until
from tests.platforms.keepers import keepers
from tests.servers.spark import connect_settings

ROOT = Path(__file__).resolve().parents[2]
STUBBORN = ("bash", "-c", "trap '' TERM; sleep 100 & sleep 100; sleep 100")
OWNER = """
import sys, tempfile, time
from spark_interpreter.platforms.connect.kept import KeptProcess
KeptProcess(sys.argv[1:], environment={}, log=tempfile.TemporaryFile(), grace=0.3)
print("ready", flush=True)
time.sleep(100)
"""
SPARK_OWNER = """
import sys, time
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model.deployment import ConnectSettings
from spark_interpreter.platforms.connect.server import SparkServer
server = SparkServer(ConnectSettings.model_validate_json(sys.argv[1]))
server.lease(Cancellation()).__enter__()
print("ready", flush=True)
time.sleep(100)
"""


@contextmanager
def owner(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has started a server; it is killed at the end if it still lives."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != "zombie" for each in processes)


@pytest.mark.parametrize("command", [("sleep", "100"), STUBBORN])
def test_a_server_ends_with_its_killed_owner(command: tuple[str, ...]) -> None:
    with owner(OWNER, *command) as process:
        assert until(lambda: len(below(process.pid)) > (1 if command[0] == "sleep" else 3))
        left = below(process.pid)
        assert not gone(left)
        process.send_signal(signal.SIGKILL)
        assert until(lambda: gone(left), 10)


@pytest.mark.clusters
@pytest.mark.parity
@pytest.mark.jars
@pytest.mark.xdist_group("connect")
def test_a_spark_ends_with_its_killed_owner() -> None:
    settings = ConnectSettings.model_validate(connect_settings())
    with owner(SPARK_OWNER, settings.model_dump_json()) as process:
        left = below(process.pid)
        assert any(each.name() == "java" for each in left)
        process.send_signal(signal.SIGKILL)
        assert until(lambda: gone(left), 30)


def test_stopping_ends_all_of_it_even_without_its_keeper() -> None:
    with tempfile.TemporaryFile() as log:
        server = KeptProcess(STUBBORN, environment=dict(os.environ), log=log, grace=0.2)
        assert until(lambda: any(len(below(each.pid)) > 2 for each in keepers()))
        (leader,) = keepers()
        left = [leader, *below(leader.pid)]
        assert not server.ended
        leader.kill()
        assert until(lambda: server.ended)
        server.stop()
        assert until(lambda: gone(left))


def test_a_command_that_ends_by_itself_has_ended() -> None:
    with tempfile.TemporaryFile() as log:
        server = KeptProcess(("echo", "no"), environment=dict(os.environ), log=log)
        assert until(lambda: server.ended)
        server.stop()
        log.seek(0)
        assert log.read() == b"no\n"
