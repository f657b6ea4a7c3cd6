"""The product and its rivals as processes that answer the same question of the same file."""

import json
import math
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import SCHEMA
from benchmarks.measure import ROOT, Finished, Tree, run_process

QUESTION = "revenue by month"
BY_HAND = ROOT / "benchmarks/scripts/by_hand.py"
SPARK = ROOT / ".venv-spark"


def pysail_by_hand(path: Path) -> Finished:
    return run_process([sys.executable, BY_HAND, path, SCHEMA], {"EMBEDDED": "1"})


def spark_by_hand(path: Path) -> Finished:
    (home,) = SPARK.glob("lib/python*/site-packages/pyspark")
    python = str(SPARK / "bin/python")
    environment = {
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": python,
        "PYSPARK_DRIVER_PYTHON": python,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command: list[str | Path] = [SPARK / "bin/spark-submit", BY_HAND, path, SCHEMA]
    return run_process(command, environment, folder=path.parent)


def spark_is_missing() -> str:
    """Why Apache Spark cannot be measured here; empty when it can."""
    if (SPARK / ".installed").exists():
        return ""
    return "Apache Spark is not installed (it needs Java): make parity"


@dataclass(frozen=True)
class Product:
    """The command line with folders of its own."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SPARK_INTERPRETER_DATA_DIR": str(self.home / "data"),
            "SPARK_INTERPRETER_REUSE_ANSWERS": "false",
            "SPARK_INTERPRETER_CACHE_DIR": str(self.home / "cache"),
        }

    def ask(self, path: Path, environment: Mapping[str, str] | None = None) -> Finished:
        command = Path(sys.executable).with_name("spark-interpreter")
        return run_process(
            [command, "ask", QUESTION, path, "--output", "json"],
            {**self.environment, **(environment or {})},
        )

    def ask_first(self, path: Path) -> Finished:
        """Ask with an empty cache, and wait for what is built behind the answer."""
        self.forget()
        tree = Tree()
        finished = self.ask(path, tree.environment)
        tree.wait()
        return finished

    def forget(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


def check_same(product: Finished, by_hand: Finished) -> None:
    """A fast wrong answer is worth nothing.

    Raises:
        RuntimeError: the product's answer differs from the one made by hand.
    """
    wanted, got = months(json.loads(by_hand.output)), months(json.loads(product.output)["rows"])
    if wanted.keys() != got.keys() or not all(
        math.isclose(wanted[month], got[month], rel_tol=1e-9) for month in wanted
    ):
        raise RuntimeError(f"the answers differ: {product.output[:2000]}")


def months(rows: list[list[Any]]) -> dict[str, float]:
    return {str(row[0])[:7]: float(row[-1]) for row in rows}
