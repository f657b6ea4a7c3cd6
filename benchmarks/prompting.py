"""How large the prompt is that a model gets, and how much of it a service can keep."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.data import write_sales
from benchmarks.measure import Measurement
from benchmarks.planning import write_wide
from spark_interpreter import FileSource, Settings
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.llm.prompt import make_prompt
from spark_interpreter.sources import Sources


def prompt(folder: Path, runs: int) -> Iterator[Measurement]:
    """The prompts for a small and for a wide table, at four bytes a token."""
    for name, write, goal in (("small", _small, 2_000), ("wide", write_wide, 8_000)):
        path = folder / f"{name}.csv"
        write(path)
        settings = Settings(data_dir=folder / "data", cache_dir=folder / "cache", cache_max_mb=0)
        profiles = Sources(settings).profile([FileSource(uri=str(path))])
        request = GenerationRequest(
            question="total amount by region", profiles=profiles, today=date(2026, 11, 23)
        )
        seconds = []
        for _ in range(runs):
            started = time.perf_counter()
            made = make_prompt(request)
            seconds.append(time.perf_counter() - started)
        kept = len(f"{made.system}{made.data}".encode()) / 4
        columns = sum(len(profile.columns) for profile in profiles)
        yield Measurement(
            f"prompt for a {name} table",
            made.tokens,
            "tokens",
            goal,
            f"{columns} columns; {kept:,.0f} the same for the next question; "
            f"made in {median(seconds) * 1000:.1f} ms",
        )


def _small(path: Path) -> None:
    write_sales(path, 1_000)
