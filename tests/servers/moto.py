"""AWS on this machine: moto's server, a process of its own on a free port, stopped by its id."""

import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from spark_interpreter.aws import AwsClients

REGION = "eu-central-1"
_PROGRAM = """
import logging
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
SETTINGS = ("AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")


class Aws:
    """Moto, as the tests and the product find it: by the usual AWS settings."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clients = AwsClients()

    def client(self, service: str) -> Any:
        return self.clients.get(service)

    def new_bucket(self) -> str:
        """The name of a new, empty bucket."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        return name

    def put(self, bucket: str, key: str, body: bytes | str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=data)


@contextmanager
def moto_server() -> Iterator[str]:
    """The address of a moto server; it is gone afterwards.

    Raises:
        RuntimeError: it did not start.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip().isdigit():
            process.kill()
            raise RuntimeError(f"moto did not start: {line}")
        try:
            yield f"http://127.0.0.1:{int(line)}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of moto's server: S3, Glue, Secrets Manager, STS and the rest."""
    with moto_server() as url:
        yield url


def aws_settings(patch: pytest.MonkeyPatch, url: str) -> None:
    """Let the usual AWS settings lead to a server on this machine."""
    for name in SETTINGS:
        patch.delenv(name, raising=False)
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION}.items():
        patch.setenv(name, value)


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Moto behind the usual AWS settings; buckets and databases need names of their own."""
    aws_settings(monkeypatch, moto)
    return Aws(moto)


@pytest.fixture
def unused_port() -> Callable[[], int]:
    """Ports that nobody listened at a moment ago."""

    def port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return port
