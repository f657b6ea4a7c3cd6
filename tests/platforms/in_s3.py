"""Jobs over files of this machine, carried by a platform that reads and writes S3."""

import uuid
from pathlib import Path
from typing import Protocol

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import DataMismatch, InterpreterError
from spark_interpreter.model import FileSource, Job, PlatformHealth, PlatformName, Run, TableProfile
from spark_interpreter.platforms.base import OnProgress, Platform
from spark_interpreter.script import literal_reads
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources


class Bucket(Protocol):
    """What puts objects into S3."""

    def put(self, bucket: str, key: str, body: bytes) -> None: ...


class InS3:
    """A platform around another: what a job reads is put into S3 first, its texts name it there.

    Errors speak of the files of this machine again, as the job did.
    """

    def __init__(self, platform: Platform, aws: Bucket, bucket: str) -> None:
        self._platform = platform
        self._aws = aws
        self._bucket = bucket
        self.name: PlatformName = platform.name

    def close(self) -> None:
        self._platform.close()

    def health(self) -> PlatformHealth:
        return self._platform.health()

    def cannot_read(self, profile: TableProfile) -> str | None:
        return self._platform.cannot_read(profile)

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        there = _There(self._aws, self._bucket)
        moved = there.moved(job)
        try:
            return self._platform.execute(moved, on_progress=on_progress, cancellation=cancellation)
        except InterpreterError as error:
            for name in ("message", "remedy", "detail"):
                setattr(error, name, there.here(getattr(error, name)))
            error.args = (error.message,)
            if isinstance(error, DataMismatch) and error.path:
                error.path = there.here(error.path)
            raise


class _There:
    """A prefix of its own for the data and the output of one job."""

    def __init__(self, aws: Bucket, bucket: str) -> None:
        self._aws = aws
        self._bucket = bucket
        self._prefix = uuid.uuid4().hex
        self._base = f"s3://{bucket}/{self._prefix}"

    def moved(self, job: Job) -> Job:
        for path in job.read_paths:
            self._put(Path(path))
        roots = sorted({str(_root(Path(p))) for p in job.read_paths} | {job.output}, key=len)
        script = job.script
        for root in reversed(roots):
            script = script.replace(root, f"{self._base}{root}")
        profiles = Sources(Settings()).profile(
            [FileSource(uri=uri) for uri in self._read_by(script) if job.read_paths]
        )
        return job.model_copy(
            update={
                "script": script,
                "output": f"{self._base}{job.output}",
                "profiles": profiles,
                "read_paths": (),
            }
        )

    def here(self, text: str) -> str:
        return text.replace(self._base, "")

    def _read_by(self, script: str) -> list[str]:
        reads = (read.location for read in literal_reads(script))
        return list(dict.fromkeys(uri for uri in reads if uri.startswith(self._base)))

    def _put(self, path: Path) -> None:
        root = _root(path)
        files = [root] if root.is_file() else root.rglob("*")
        for file in files:
            if file.is_file():
                self._aws.put(self._bucket, f"{self._prefix}{file}", file.read_bytes())


def _root(path: Path) -> Path:
    """The file or folder that has everything a path or pattern means."""
    while "*" in path.name:
        path = path.parent
    return path
