"""Whole questions on a file of 200,000 rows, and the time of a start."""

import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.data import write_sales
from benchmarks.measure import Measurement, alternate, run_process, tell
from benchmarks.subjects import (
    Product,
    check_same,
    pysail_by_hand,
    spark_by_hand,
    spark_is_missing,
)
from spark_interpreter import Interpreter, Settings

ROWS = 200_000
LATER_QUESTIONS = (
    "revenue by region",
    "average quantity by product",
    "top 5 products by revenue",
    "number of orders by month in 2023",
    "total quantity in the North by year",
    "median unit price by region",
    "how many orders are there",
)


def ask_a_csv(folder: Path, runs: int) -> Iterator[Measurement]:
    """The command line against scripts written by hand, each a process from start to end."""
    path = folder / "sales.csv"
    write_sales(path, ROWS)
    product = Product(folder / "home")
    check_same(product.ask_first(path), pysail_by_hand(path))
    seconds = alternate(
        {
            "pysail by hand": lambda: pysail_by_hand(path).seconds,
            "ask": lambda: product.ask_first(path).seconds,
        },
        runs,
    )
    ask, by_hand = seconds["ask"], seconds["pysail by hand"]
    yield Measurement(
        "ask / script by hand on pysail", ask / by_hand, "x", 2.0, f"{ask:.2f} s / {by_hand:.2f} s"
    )
    if missing := spark_is_missing():
        tell(missing)
        return
    spark = median(spark_by_hand(path).seconds for _ in range(max(2, runs // 2)))
    yield Measurement(
        "ask / script by hand on Apache Spark",
        ask / spark,
        "x",
        0.15,
        f"{ask:.2f} s / {spark:.2f} s",
    )


def ask_again(folder: Path, runs: int) -> Iterator[Measurement]:
    """Later questions through a warm `Interpreter`: the time that the engine's query is not."""
    path = folder / "sales.csv"
    write_sales(path, ROWS)
    settings = Settings(data_dir=folder / "data", cache_dir=folder / "cache", reuse_answers=False)
    overheads, totals = [], []
    with Interpreter(settings) as interpreter:
        interpreter.ask("revenue by month", [path])
        for question in LATER_QUESTIONS * runs:
            started = time.perf_counter()
            answer = interpreter.ask(question, [path])
            total = time.perf_counter() - started
            if answer.turn.run is None:
                raise RuntimeError(f"{question}: {answer.document}")
            totals.append(total)
            overheads.append(total - answer.turn.run.timings["execute"])
    yield Measurement(
        "second question, outside the query",
        median(overheads),
        "s",
        0.3,
        f"whole question {median(totals):.2f} s",
    )


def start(_folder: Path, runs: int) -> Iterator[Measurement]:
    """Importing the package, and the first sign of life of the command line."""
    python = Path(sys.executable)
    commands: dict[str, list[str | Path]] = {
        "python": [python, "-c", ""],
        "import": [python, "-c", "import spark_interpreter"],
        "help": [python.with_name("spark-interpreter"), "--help"],
    }
    subjects = {name: partial(seconds_of, command) for name, command in commands.items()}
    seconds = alternate(subjects, 2 * runs + 1)
    bare = seconds["python"]
    detail = f"python itself {bare:.2f} s"
    yield Measurement("import spark_interpreter", seconds["import"] - bare, "s", 0.1, detail)
    yield Measurement("spark-interpreter --help", seconds["help"] - bare, "s", 0.5, detail)


def seconds_of(command: list[str | Path]) -> float:
    return run_process(command).seconds
