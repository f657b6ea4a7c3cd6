"""What every test gets: folders of its own, no inherited settings, missing parts named."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.servers.missing import missing

pytest_plugins = [
    "tests.servers.moto",
    "tests.servers.aws_lambda",
    "tests.servers.emr",
    "tests.servers.planted",
    "tests.servers.postgres",
    "tests.servers.snowflake",
    "tests.servers.spark",
]

ROOT = Path(__file__).resolve().parent.parent

if not hasattr(sys.modules["__main__"], "__file__"):
    # PySpark takes a main module without a file, as xdist's workers have, for a doctest.
    sys.modules["__main__"].__file__ = __file__


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots",
        action="store_true",
        help="write what the product generates now over the snapshot files",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing outside program skips a test with the command that installs it, or fails in CI."""
    reason = missing_spark() if item.get_closest_marker("parity") else ""
    reason = reason or (missing_jars() if item.get_closest_marker("jars") else "")
    if reason:
        missing(reason)


@cache
def missing_spark() -> str:
    """Why scripts cannot run on Apache Spark here, and what to do; empty when they can."""
    java = subprocess.run([ROOT / "scripts/java"], capture_output=True, text=True, check=False)
    if java.returncode:
        return java.stderr.strip()
    if not (ROOT / ".venv-spark/.installed").exists():
        return "Apache Spark 3.5 is not installed: make parity"
    return ""


@cache
def missing_jars() -> str:
    """Why Apache Spark cannot read S3 and databases here; empty when it can."""
    fetched = sum(1 for _ in (ROOT / "jars").glob("*.jar"))
    lock = (ROOT / "requirements/jars.lock").read_text().splitlines()
    wanted = sum(":" in line for line in lock if not line.startswith("#"))
    return "" if fetched >= wanted else "Jars for Apache Spark are not here: make jars"


@pytest.fixture
def left_connections() -> Iterator[None]:
    """What providers' clients leave open is collected within the test that made them."""
    yield
    gc.collect()


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the person's sessions, cache and settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SPARK_"))]:
            patch.delenv(name)
        base = tmp_path_factory.mktemp("home")
        patch.setenv("SPARK_INTERPRETER_DATA_DIR", str(base / "data"))
        patch.setenv("SPARK_INTERPRETER_CACHE_DIR", str(base / "cache"))
        patch.setenv("SPARK_INTERPRETER_SECRET_STORE", "file")
        patch.setenv("AWS_CONFIG_FILE", str(base / "aws-config"))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(base / "aws-credentials"))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="session")
def update_snapshots(pytestconfig: pytest.Config) -> bool:
    """Whether snapshot files are written instead of compared."""
    return bool(pytestconfig.getoption("--update-snapshots"))


@pytest.fixture(scope="session")
def engine(own_folders: None) -> Iterator[None]:
    """The embedded engine, as an unchanged script finds it; one for all tests of a process."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer()
    server.start()
    _, port = server.listening_address
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_REMOTE", f"sc://localhost:{port}")
        yield
        from pyspark.sql import SparkSession

        if session := SparkSession.getActiveSession():
            session.stop()
    server.stop()
