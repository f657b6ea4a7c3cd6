"""EMR Serverless on this machine: moto's API, S3 beside it, and jobs that Apache Spark runs."""

import json
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from spark_interpreter.settings import Settings
from tests.parity.spark import ROOT
from tests.servers.moto import Aws, aws_settings

ROLE = "arn:aws:iam::123456789012:role/job-runs"


class EmrServer(Aws):
    """The server; see `tests/servers/emr_program.py` for its faults."""

    def faults(self, **left: float) -> None:
        """Switch faults on, and all others off."""
        self._ask("faults", json.dumps(left).encode())

    def jobs(self) -> list[dict[str, Any]]:
        """Every job run so far, oldest first: id, state, starts of its process, request."""
        found: list[dict[str, Any]] = self._ask("jobs")["jobs"]
        return found

    def start_requests(self) -> int:
        """How often StartJobRun was asked for."""
        return int(self._ask("jobs")["starts"])

    def new_application(self, **more: Any) -> str:
        """The id of a started application."""
        made = self.client("emr-serverless").create_application(
            name="tests", releaseLabel="emr-7.9.0", type="SPARK", clientToken=str(uuid.uuid4()),
            **more,
        )  # fmt: skip
        return str(made["applicationId"])

    def settings(self, application: str, bucket: str, **more: Any) -> Settings:
        """Settings that lead to an application, with short pauses."""
        emr = {
            "application_id": application, "execution_role_arn": ROLE, "poll_seconds": 0.2,
            "log_seconds": 10, **more,
        }  # fmt: skip
        return Settings.model_validate({"storage_uri": f"s3://{bucket}/base", "emr": emr})

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_emr/{path}", body, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found


@contextmanager
def emr_process() -> Iterator[str]:
    """The address of a running server; all its jobs are gone with it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.servers.emr_program"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip().isdigit():
            process.kill()
            pytest.fail(f"the emulation of EMR Serverless did not start: {line}")
        try:
            yield f"http://127.0.0.1:{int(line)}"
        finally:
            process.stdin.close()
            process.wait(20)


@pytest.fixture(scope="session")
def emr_address() -> Iterator[str]:
    with emr_process() as address:
        yield address


@pytest.fixture
def emr_server(emr_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmrServer]:
    """The server behind the usual AWS settings, without faults."""
    aws_settings(monkeypatch, emr_address)
    server = EmrServer(emr_address)
    server.faults()
    yield server
    server.faults()
