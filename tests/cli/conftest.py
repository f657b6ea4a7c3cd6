"""The command as people call it: a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., "subprocess.CompletedProcess[str]"]

ORDERS = """\
id,day,region,quantity,price
1,2024-01-05,North,2,1.50
2,2024-01-20,South,1,10.00
3,2024-02-03,North,4,2.25
4,2024-02-10,,3,1.00
5,2024-03-15,South,5,3.00
6,2024-03-16,North,1,8.00
"""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the calls of this package keep their sessions."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home: Path) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("SPARK_")},
        "SPARK_INTERPRETER_DATA_DIR": str(home / "data"),
        "SPARK_INTERPRETER_CACHE_DIR": str(home / "cache"),
        "SPARK_INTERPRETER_REUSE_ANSWERS": "false",
        "COLUMNS": "100",
    }


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    path.write_text(ORDERS)
    return path


@pytest.fixture(scope="session")
def call(environment: dict[str, str]) -> Call:
    """Run the command with these arguments; `given` goes to its standard input."""

    def run(
        *arguments: object, given: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [Path(sys.executable).with_name("spark-interpreter"), *map(str, arguments)],
            input=given,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    return run
