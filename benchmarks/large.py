"""Questions on a CSV of one gigabyte."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.data import write_sales
from benchmarks.measure import Measurement, PeakMemory, Tree, alternate, tell
from benchmarks.subjects import QUESTION, Product, check_same, pysail_by_hand
from spark_interpreter import Interpreter, Settings

ROWS = 23_000_000


def ask_a_gigabyte(folder: Path, runs: int) -> Iterator[Measurement]:
    """First question and later ones, against scripts that are given the right schema.

    Each is a process from start to end; later questions are also asked in one session.
    """
    csv, parquet = folder / "sales.csv", folder / "sales.parquet"
    tell("writing 1 GB")
    write_sales(csv, ROWS)
    write_sales(parquet, ROWS)
    product = Product(folder / "home")
    runs = max(3, runs // 2)

    yield peak_memory(product, csv)
    seconds = alternate(
        {
            "script by hand": lambda: pysail_by_hand(csv).seconds,
            "first question": lambda: product.ask_first(csv).seconds,
        },
        runs,
    )
    yield ratio("1 GB CSV, first question / script by hand", *seconds.values())

    check_same(product.ask(csv), pysail_by_hand(parquet))
    seconds = alternate(
        {
            "script by hand on Parquet": lambda: pysail_by_hand(parquet).seconds,
            "later question": lambda: product.ask(csv).seconds,
        },
        runs,
    )
    by_hand = seconds["script by hand on Parquet"]
    yield ratio("1 GB CSV, later question / script by hand on Parquet", *seconds.values())
    in_session = later_in_a_session(product, csv, runs)
    yield ratio("1 GB CSV, later question in a session / the same", by_hand, in_session)


def later_in_a_session(product: Product, csv: Path, runs: int) -> float:
    """Seconds of a question that is not the first of its `Interpreter`."""
    settings = Settings(
        data_dir=product.home / "data", cache_dir=product.home / "cache", reuse_answers=False
    )
    seconds = []
    with Interpreter(settings) as interpreter:
        interpreter.ask(QUESTION, [csv])
        for _ in range(runs):
            started = time.perf_counter()
            interpreter.ask(QUESTION, [csv])
            seconds.append(time.perf_counter() - started)
    return median(seconds)


def ratio(name: str, by_hand: float, ask: float) -> Measurement:
    return Measurement(name, ask / by_hand, "x", 1.5, f"{ask:.2f} s / {by_hand:.2f} s")


def peak_memory(product: Product, csv: Path) -> Measurement:
    """Of everything that the first question starts, the building of the cache included."""
    tell("memory")
    product.forget()
    tree = Tree()
    with PeakMemory(tree) as peak:
        product.ask(csv, tree.environment)
        until_answer = peak.mib
        tree.wait()
    detail = f"{until_answer / 1024:.2f} GiB until the answer"
    return Measurement("1 GB CSV, peak memory", peak.mib / 1024, "GiB", 2.0, detail)
