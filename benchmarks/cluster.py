"""A question of a large Parquet table, on a cluster of two workers and on the embedded engine.

It is compared with the script that the product wrote for it, run by itself on the same engine; the
answer is checked against a script written by hand.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.data import SCHEMA, write_sales
from benchmarks.measure import (
    ROOT,
    Finished,
    Measurement,
    PeakMemory,
    Tree,
    alternate,
    run_process,
    tell,
)
from benchmarks.subjects import BY_HAND, QUESTION, Product, check_same, spark_is_missing
from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model.deployment import ConnectSettings
from spark_interpreter.platforms.connect.server import SparkServer
from tests.servers.spark import connect_settings, two_workers

MEGABYTES = int(os.environ.get("BENCHMARK_CLUSTER_MB", "10000"))
"""Size of the table, MB. Twice as much must be free where temporary files are put."""
_ROWS_PER_FILE = 20_000_000
_ROWS_PER_SMALL_FILE = 500_000
_GOAL = 1.05


def ask_a_cluster(folder: Path, runs: int) -> Iterator[Measurement]:
    """Each subject is a process from start to end; the cluster and its server run before."""
    if reason := spark_is_missing():
        raise RuntimeError(reason)
    table = folder / "sales.parquet"
    size = write_table(table, MEGABYTES * 1_000_000)
    product = Product(folder / "home")
    runs = max(5, runs // 2)
    name = f"{size / 1e9:.1f} GB Parquet"

    yield from compared(
        f"{name}, embedded", table, product, runs, Tree(), {"EMBEDDED": "1"}, "local", {}
    )
    tree = Tree()
    with served(tree) as url:
        bare_engine = {"SPARK_REMOTE": url}
        chosen = {"SPARK_INTERPRETER_CONNECT__URL": url}
        yield from compared(
            f"{name}, two workers", table, product, runs, tree, bare_engine, "connect", chosen
        )


def compared(
    name: str,
    table: Path,
    product: Product,
    runs: int,
    tree: Tree,
    bare_engine: Mapping[str, str],
    platform: str,
    settings: Mapping[str, str],
) -> Iterator[Measurement]:
    """The product beside its script alone on the same engine: memory first, then time.

    Args:
        tree: has the processes of the engine; those of the product are added to it.
        bare_engine: environment of a bare script, which names its engine.
        settings: environment of the product, which names the same.
    """
    command = Path(sys.executable).with_name("spark-interpreter")
    ask: list[str | Path] = [
        command,
        "ask",
        QUESTION,
        table,
        "--platform",
        platform,
        "--output",
        "json",
    ]
    environment = {**product.environment, **settings, **tree.environment}
    bare_environment = {**bare_engine, **tree.environment}
    script = product.home.with_name("script.py")

    def bare() -> Finished:
        alone: list[str | Path] = [sys.executable, "-m", "benchmarks.scripts.bare", script]
        return run_process(alone, bare_environment, folder=ROOT)

    def whole() -> Finished:
        shutil.rmtree(product.home / "data", ignore_errors=True)
        return run_process(ask, environment)

    def remembered(label: str, subject: Callable[[], Finished]) -> tuple[Finished, Measurement]:
        tell(f"{name}: memory of {label}")
        with PeakMemory(tree, interval=0.5) as peak:
            finished = subject()
        what = f"{name}, peak memory of {label}"
        return finished, Measurement(what, peak.mib / 1024, "GiB", None, "with its engine")

    tell(f"{name}: by hand")
    by_hand = run_process([sys.executable, BY_HAND, table, SCHEMA], bare_environment)
    finished, used = remembered("the product", whole)
    yield used
    check_same(finished, by_hand)
    script.write_text(json.loads(finished.output)["script"])
    yield remembered("its script alone", bare)[1]
    seconds = alternate(
        {"script alone": lambda: bare().seconds, "question": lambda: whole().seconds}, runs
    )
    alone, asked = seconds.values()
    made_of = f"{asked:.2f} s / {alone:.2f} s"
    yield Measurement(f"{name}, question / script alone", asked / alone, "x", _GOAL, made_of)


def write_table(folder: Path, size: int) -> int:
    """Write files of sales until they have the size, and say which they have; bytes."""
    if shutil.disk_usage(tempfile.gettempdir()).free < 2 * size:
        raise RuntimeError(f"{2 * size / 1e9:.0f} GB must be free for temporary files")
    folder.mkdir()
    step = _ROWS_PER_FILE if size > 1_000_000_000 else _ROWS_PER_SMALL_FILE
    written = number = 0
    while written < size:
        file = folder / f"part-{number:05}.parquet"
        write_sales(file, step, first=number * step)
        written += file.stat().st_size
        number += 1
        tell(f"{written / 1e9:.2f} GB written")
    return written


@contextmanager
def served(tree: Tree) -> Iterator[str]:
    """The address of a Spark Connect server on a new cluster whose processes are in the tree."""
    os.environ.update(tree.environment)
    try:
        with two_workers() as master:
            settings = connect_settings(master, **{"spark.executor.memory": "512m"})
            server = SparkServer(ConnectSettings.model_validate(settings))
            try:
                with server.lease(Cancellation()) as port:
                    yield f"sc://127.0.0.1:{port}"
            finally:
                server.close()
    finally:
        for name in tree.environment:
            del os.environ[name]
