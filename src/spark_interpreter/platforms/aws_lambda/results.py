"""What a run left in S3, held against what the function said, and brought here."""

import hashlib
import shutil
from pathlib import Path

from pydantic import ValidationError

from spark_interpreter.errors import NotFound, ResultError
from spark_interpreter.model import Job, Manifest
from spark_interpreter.platforms.aws_lambda.protocol import FAILURE_NAME, Reply
from spark_interpreter.platforms.manifest import MANIFEST_NAME
from spark_interpreter.storage import Storage

_RUN_AGAIN = "Ask again."


def left_behind(storage: Storage, job: Job) -> Reply | None:
    """How a run ended, from what it left beside its result; None as long as that is nothing.

    Raises:
        StoreError: S3 cannot be read.
    """
    try:
        data = storage.read_bytes(f"{job.output}/{MANIFEST_NAME}")
    except NotFound:
        return _failed_reply(storage, job)
    manifest = _parsed(data)
    if manifest.run_id != job.run_id:
        return None
    return Reply(
        run_id=job.run_id,
        manifest_sha256=hashlib.sha256(data).hexdigest(),
        engine="pysail",
        started=manifest.created,
        ended=manifest.created,
        logs_cut=True,
    )


def _failed_reply(storage: Storage, job: Job) -> Reply | None:
    try:
        reply = Reply.model_validate_json(storage.read_bytes(f"{job.output}/{FAILURE_NAME}"))
    except (NotFound, ValidationError):
        return None
    return reply if reply.run_id == job.run_id else None


def bring(storage: Storage, job: Job, manifest_sha256: str) -> None:
    """Put the result into `job.folder`, with its manifest.

    Raises:
        ResultError: what is in S3 is not what the function wrote.
        StoreError: it cannot be read.
    """
    folder = Path(job.folder)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
    storage.fetch(job.output, folder)
    for mark in folder.glob("_*"):
        mark.unlink()
    try:
        data = (folder / MANIFEST_NAME).read_bytes()
    except FileNotFoundError as exc:
        raise ResultError(f"The result in {job.output} is gone.", remedy=_RUN_AGAIN) from exc
    manifest = _parsed(data)
    if manifest.run_id != job.run_id or hashlib.sha256(data).hexdigest() != manifest_sha256:
        raise ResultError(f"The result in {job.output} is another run's.", remedy=_RUN_AGAIN)
    here = {path.name: path.stat().st_size for path in folder.iterdir()}
    here.pop(MANIFEST_NAME)
    if here != {file.path: file.bytes for file in manifest.files}:
        raise ResultError(
            f"The files in {job.output} do not agree with their manifest.", remedy=_RUN_AGAIN
        )


def _parsed(data: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as exc:
        raise ResultError(
            "The result's manifest is damaged.", remedy=_RUN_AGAIN, detail=str(exc)
        ) from exc
