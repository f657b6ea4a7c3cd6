"""From a question to a script, without running it, on a wide table."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

from benchmarks.measure import Measurement
from spark_interpreter import FileSource, Settings
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.planner import Planner
from spark_interpreter.sources import Sources

WORDS = (
    "amount", "balance", "branch", "budget", "channel", "city", "cost", "discount", "distance",
    "duration", "grade", "height", "level", "margin", "price", "quantity", "rating", "region",
    "score", "segment", "status", "team", "temperature", "type", "weight",
)  # fmt: skip
PARTS = ("start", "final", "planned", "actual")
TEXTS = {
    "branch",
    "channel",
    "city",
    "grade",
    "level",
    "region",
    "segment",
    "status",
    "team",
    "type",
}
QUESTIONS = (
    "average actual price by planned region",
    "total final cost by month",
    "how many rows have an actual score above 50",
    "top 5 final team by start budget",
    "share of planned quantity by actual channel",
    "median start weight per final grade in 2024",
    "final margin growth by year",
    "rows where actual city is alpha and final rating is at least 20",
    "correlation between start height and final weight",
    "running total of actual amount by month",
    "compare planned cost of alpha and beta by start segment",
    "which start region has the highest average final temperature",
)


def plan(folder: Path, runs: int) -> Iterator[Measurement]:
    """The planner's own time, question by question."""
    path = folder / "wide.csv"
    write_wide(path)
    settings = Settings(data_dir=folder / "data", cache_dir=folder / "cache")
    profiles = Sources(settings).profile([FileSource(uri=str(path))])
    planner = Planner(settings.confidence_threshold)
    today = datetime.now(UTC).date()
    milliseconds = []
    for question in QUESTIONS * (1 + runs):
        request = GenerationRequest(question=question, profiles=profiles, today=today)
        started = time.perf_counter()
        planner.generate(request)
        milliseconds.append(1000 * (time.perf_counter() - started))
    # The first round fills what a process keeps for all later questions.
    later = milliseconds[len(QUESTIONS) :]
    yield Measurement(
        "planner on 100 columns, 95th percentile",
        quantiles(later, n=20)[-1],
        "ms",
        50,
        f"median {median(later):.0f} ms, first question {milliseconds[0]:.0f} ms",
    )


def write_wide(path: Path, rows: int = 2_000) -> None:
    random = Random(100)
    columns = [f"{part}_{word}" for part in PARTS for word in WORDS][:99]
    with path.open("w") as file:
        print("day", *columns, sep=",", file=file)
        for _ in range(rows):
            day = date(2022, 1, 1) + timedelta(days=random.randrange(1_200))
            print(day, *(cell(random, column) for column in columns), sep=",", file=file)


def cell(random: Random, column: str) -> str:
    if column.partition("_")[2] in TEXTS:
        return random.choice(("alpha", "beta", "gamma", "delta", "epsilon"))
    return f"{random.uniform(0, 100):.2f}"
