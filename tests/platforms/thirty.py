"""Thirty scripts of the question suite, to be run wherever scripts run."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import Job
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.manifest import MANIFEST_NAME
from tests.parity.compare import Row, differences
from tests.parity.spark import rows_of
from tests.platforms.jobs import execute, read
from tests.questions.related import write_related
from tests.questions.tables import write_all
from tests.questions.test_questions import SNAPSHOTS

SCRIPTS = (
    "sales-revenue-month", "sales-growth-month", "sales-running-total", "sales-moving-average",
    "sales-top-per-group", "sales-pivot", "sales-share-category", "sales-missing-discount",
    "sales-weekday", "sales-having", "sales-compare-years",
    "employees-median-salary", "employees-p90", "employees-corr", "employees-above-average",
    "employees-no-manager", "employees-sorted", "employees-hires-year",
    "flights-by-hour", "flights-delay-missing", "flights-cancel-rate", "flights-on-monday",
    "patients-quarter", "requests-p95", "survey-missing-income", "städte-top3",
    "shop-revenue-customer", "shop-never-ordered", "shop-top-product", "school-takes-both",
)  # fmt: skip


class SameAnswers:
    """Every script on the fixture `platform` against the embedded engine."""

    @pytest.mark.parametrize("name", SCRIPTS)
    def test_same_answer(
        self, platform: Platform, embedded: EmbeddedPlatform, data: Path, tmp_path: Path, name: str
    ) -> None:
        here = answer(embedded, name, data, tmp_path / "here")
        there = answer(platform, name, data, tmp_path / "there")
        assert not differences(here, there, ordered=is_ordered(script(name)))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables that the scripts read."""
    folder = tmp_path_factory.mktemp("same") / "data"
    folder.mkdir()
    write_all(folder)
    write_related(folder)
    return folder


def answer(platform: Platform, name: str, data: Path, folder: Path) -> list[Row]:
    """The rows of one snapshot, run over the data in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "output"
    text = script(name).replace(f'"output/{name}"', repr(str(output)))
    text = re.sub(r'"data/([^"]+)"', lambda found: repr(str(data / found[1])), text)
    job = Job(
        run_id=f"run-{name}",
        session_id="session",
        turn=1,
        script=text,
        read_paths=(str(data),),
        output=str(output),
        folder=str(output),
        log_dir=str(folder / "logs"),
        ordered=is_ordered(text),
    )
    execute(platform, job)
    assert (output / MANIFEST_NAME).exists()
    return [
        row
        for file in read(job).files
        for row in rows_of(pq.ParquetFile(output / file.path).read())
    ]


def script(name: str) -> str:
    return (SNAPSHOTS / f"{name}.py").read_text("utf-8")


def is_ordered(text: str) -> bool:
    """Whether the last step of a script sorts its rows."""
    steps = text[text.index("result") :]
    return ".orderBy(" in steps or ".sort(" in steps
