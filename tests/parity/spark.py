"""Apache Spark in an environment of its own, and scripts submitted to it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.parity.compare import Row

ROOT = Path(__file__).resolve().parents[2]
RUNNER = Path(__file__).with_name("run_scripts.py")
SPARK_VENV = ROOT / ".venv-spark"
SMALL_DATA = (
    "--conf", "spark.sql.shuffle.partitions=4",
    "--conf", "spark.default.parallelism=2",
    "--conf", "spark.ui.enabled=false",
)  # fmt: skip


@dataclass(frozen=True)
class SparkRun:
    """What Apache Spark made of one script: seconds, and its traceback if it failed."""

    seconds: float
    error: str


def submit(
    folder: Path, *arguments: str, timeout: float, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `spark-submit` in the folder, with more variables in its environment.

    Both outputs come back as text.
    """
    return subprocess.run(
        [SPARK_VENV / "bin/spark-submit", *arguments],
        cwd=folder,
        env=environment() | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def environment() -> dict[str, str]:
    python = SPARK_VENV / "bin/python"
    (home,) = SPARK_VENV.glob("lib/python*/site-packages/pyspark")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
    return inherited | {
        "LC_ALL": "C.UTF-8",  # the JVM names files by the locale
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def run_together(
    folder: Path,
    scripts: Sequence[Path],
    *,
    timeout: float,
    options: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> dict[str, SparkRun]:
    """Run the scripts inside one Apache Spark; the answers are keyed by file name without `.py`.

    Args:
        options: of `spark-submit`.
        variables: more of the environment.
    """
    report = folder / "report.json"
    done = submit(
        folder, *SMALL_DATA, *options, str(RUNNER), str(report), *map(str, scripts),
        timeout=timeout, variables=variables,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"spark-submit ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return {name: SparkRun(**run) for name, run in json.loads(report.read_text()).items()}


def read_output(folder: Path) -> pa.Table:
    """The rows a script wrote, in the order of its part files."""
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise FileNotFoundError(f"no Parquet files in {folder}")
    return pa.concat_tables([pq.ParquetFile(part).read() for part in parts])


def rows_of(table: pa.Table) -> list[Row]:
    """The rows as tuples of Python values."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
