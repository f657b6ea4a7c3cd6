"""Small jobs, and what their runs left."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.model import Job, Limits, Manifest, Run
from spark_interpreter.platforms.base import Platform, RunProgress
from spark_interpreter.platforms.manifest import MANIFEST_NAME

HEADER = """\
from pyspark.sql import SparkSession, functions as F

spark = (
    SparkSession.builder.appName("test")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
"""
FIRST_LINE = HEADER.count("\n") + 1
"""The line a job's own code starts at."""


def make_job(
    folder: Path,
    body: str,
    *,
    inputs: tuple[Path, ...] = (),
    write: bool = True,
    ordered: bool = True,
    **limits: float,
) -> Job:
    """A job in a folder of its own; `result` in `body` is written unless `write` is off."""
    output = folder / "output"
    ending = f'\nresult.write.mode("overwrite").parquet({str(output)!r})\n' if write else "\n"
    return Job(
        run_id=f"run-{folder.name}",
        session_id="session",
        turn=1,
        script=HEADER + body + ending,
        output=str(output),
        folder=str(output),
        log_dir=str(folder / "logs"),
        read_paths=tuple(map(str, inputs)),
        ordered=ordered,
        limits=Limits.model_validate(limits),
    )


def writing_to_s3(job: Job, bucket: str) -> Job:
    """The job with its script writing below `base/` of the bucket, in a session of its own."""
    session = sha256(job.folder.encode()).hexdigest()[:33]
    output = f"s3://{bucket}/base/output/{session}/{job.turn}"
    return job.model_copy(
        update={
            "run_id": f"{session}-{job.turn}",
            "session_id": session,
            "script": job.script.replace(repr(job.output), repr(output)),
            "output": output,
        }
    )


def execute(
    platform: Platform,
    job: Job,
    *,
    on_progress: Callable[[RunProgress], None] = lambda _: None,
    cancellation: Cancellation | None = None,
) -> Run:
    return platform.execute(
        job, on_progress=on_progress, cancellation=cancellation or Cancellation()
    )


def rows(job: Job) -> list[dict[str, Any]]:
    """The rows of a finished job, in the manifest's order; the manifest must hold."""
    folder = Path(job.folder)
    manifest = read(job)
    found: list[dict[str, Any]] = []
    for file in manifest.files:
        table = pq.read_table(folder / file.path)
        assert table.num_rows == file.rows
        assert (folder / file.path).stat().st_size == file.bytes
        found += table.to_pylist()
    assert len(found) == manifest.row_count
    return found


def read(job: Job) -> Manifest:
    return Manifest.model_validate_json((Path(job.folder) / MANIFEST_NAME).read_bytes())


def until(true: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return true()
