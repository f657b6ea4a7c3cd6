"""Seven days of use in a row: `python -m benchmarks.soak`; what may not grow is watched.

Every hundred turns make a day: what was kept becomes older by one, and the service cleans up.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import psutil

from benchmarks.data import write_sales
from benchmarks.measure import tell
from benchmarks.speed import LATER_QUESTIONS
from spark_interpreter.model import Wishes, now
from spark_interpreter.model.source import FileSource
from spark_interpreter.settings import ServiceSettings, Settings
from spark_interpreter.supervisor.housekeeping import Housekeeping
from spark_interpreter.supervisor.service import Service

DAYS = 7
DAY_SECONDS = 86_400
MIB = 1024 * 1024
MOST_GROWTH = 0.2
"""By how much the resident memory may be larger at the end than after the first day."""


@dataclass(frozen=True)
class Use:
    """What the process holds at a moment."""

    memory: int
    threads: int
    files: int
    processes: int
    folders: int

    def __str__(self) -> str:
        return (
            f"{self.memory / MIB:.0f} MiB, {self.threads} threads, {self.files} files, "
            f"{self.processes} processes, {self.folders} folders of results and logs"
        )


def live(folder: Path, turns: int) -> Iterator[Use]:
    """Use the service for a week; what it holds after each day."""
    path = folder / "sales.csv"
    write_sales(path, 2_000)
    settings = Settings(
        data_dir=folder / "data",
        reuse_answers=False,
        cache_dir=folder / "cache",
        service=ServiceSettings(keep_output_days=3, keep_log_days=2),
    )
    service = Service(settings)
    service.start()
    try:
        for _ in range(DAYS):
            _a_day(service, FileSource(uri=str(path)), turns // DAYS)
            _grow_older(settings.data_dir)
            keeping = Housekeeping(
                settings.service, service.store, service.artifacts, service.uploads,
                settings.cache_dir / "profiles",
            )  # fmt: skip
            keeping.clean(now())
            yield _use(settings.data_dir)
    finally:
        service.stop()


def _a_day(service: Service, source: FileSource, turns: int) -> None:
    for number in range(turns):
        question = LATER_QUESTIONS[number % len(LATER_QUESTIONS)]
        owner = f"user {number % 5}"
        turn = service.submit(owner, question, [source], wishes=Wishes())
        if number % 10 == 9:
            service.cancel(owner, turn.session_id, turn.number)
        while sum(service.sizes()) > 3:
            time.sleep(0.01)
    while sum(service.sizes()):
        time.sleep(0.01)


def _grow_older(data_dir: Path) -> None:
    for folder in _kept(data_dir):
        at = folder.stat().st_mtime - DAY_SECONDS
        os.utime(folder, (at, at))


def _kept(data_dir: Path) -> list[Path]:
    return [*data_dir.glob("output/*/*"), *data_dir.glob("logs/*/*")]


def _use(data_dir: Path) -> Use:
    process = psutil.Process()
    return Use(
        memory=process.memory_info().rss,
        threads=process.num_threads(),
        files=process.num_fds(),
        processes=len(process.children(recursive=True)),
        folders=len(_kept(data_dir)),
    )


def grown(days: list[Use]) -> list[str]:
    """What is larger at the end than it may be."""
    early, late = days[1], days[-1]
    found = [name for name in ("threads", "files", "processes") if _more(early, late, name)]
    if late.memory > early.memory * (1 + MOST_GROWTH):
        found.append("memory")
    if late.folders > days[3].folders * 1.2:
        found.append("folders")
    return found


def _more(early: Use, late: Use, name: str) -> bool:
    return bool(getattr(late, name) > getattr(early, name) + 3)


@click.command(help=__doc__)
@click.option("--turns", default=2100, show_default=True)
def main(turns: int) -> None:
    days = []
    with TemporaryDirectory(prefix="spark-interpreter-soak-") as folder:
        for use in live(Path(folder), turns):
            days.append(use)
            tell(f"day {len(days)}: {use}")
    bad = grown(days)
    tell(f"grew: {', '.join(bad)}" if bad else "nothing grew")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
