"""The process of the function: what stays between invocations, and what must not."""

import importlib
import shutil
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from spark_interpreter.aws import AwsClients
from spark_interpreter.errors import (
    EngineUnavailable,
    InterpreterError,
    RunError,
    SettingsError,
    StoreError,
)
from spark_interpreter.lambda_worker.run import LambdaRun, Parts
from spark_interpreter.model import now
from spark_interpreter.platforms.aws_lambda import FAILURE_NAME, Reply, Request, failure_of
from spark_interpreter.platforms.aws_lambda.protocol import LOGS, run_mark
from spark_interpreter.platforms.embedded.parent import WarmParent
from spark_interpreter.platforms.embedded.platform import engine_name
from spark_interpreter.storage import Storage

_HOME = Path(tempfile.gettempdir(), "spark-interpreter-function")
"""Everything a run leaves on the disk is below it, and is removed before the next."""
_MODULES = (
    "boto3.s3.inject",
    "pyarrow.parquet",
    "spark_interpreter.sources.s3.reader",
    "sqlglot.dialects.spark",
)
_LOG_MAX = 262_144
"""Characters of each log that travel with the reply."""


class Context(Protocol):
    """What Lambda says of an invocation."""

    aws_request_id: str
    log_stream_name: str
    memory_limit_in_mb: str

    def get_remaining_time_in_millis(self) -> int: ...


class Worker:
    """Answers invocations, one after the other."""

    def __init__(self) -> None:
        clients = AwsClients()
        self._parts = Parts(WarmParent.take(), clients, Storage(clients=clients))
        self._cold = True
        _preload(clients)

    def answer(self, event: Any, context: Context) -> dict[str, Any]:
        """The reply to a request, as data."""
        cold, self._cold = self._cold, False
        try:
            request = Request.model_validate(event)
        except ValidationError as exc:
            return _not_understood(exc).model_dump(mode="json")
        say(run_mark(request.job.run_id))
        _empty(_HOME)
        try:
            reply = self._carry(request, context)
            reply = _with_logs(reply, _HOME / "logs")
        finally:
            _empty(_HOME)
        reply = reply.model_copy(
            update={
                "cold": cold,
                "log_stream": context.log_stream_name or "",
                "remaining_seconds": context.get_remaining_time_in_millis() / 1000,
            }
        )
        self._leave(request, reply)
        return reply.model_dump(mode="json")

    def _carry(self, request: Request, context: Context) -> Reply:
        run = LambdaRun(
            request.job,
            self._parts,
            _HOME,
            seconds=context.get_remaining_time_in_millis() / 1000,
            memory_mb=int(context.memory_limit_in_mb or 0),
        )
        try:
            return run.carry()
        except InterpreterError as error:
            return run.failed(error)
        except Exception as defect:  # noqa: BLE001 - the boundary that reports it
            return run.failed(_defect(defect))

    def _leave(self, request: Request, reply: Reply) -> None:
        """Keep a failed reply beside the result, for a client that does not get the answer."""
        if reply.failure is None:
            return
        say(f"failed: {reply.failure.message}")
        try:
            self._parts.storage.put_text(
                f"{request.job.output}/{FAILURE_NAME}",
                reply.model_copy(update={"logs": {}, "logs_cut": True}).model_dump_json(),
            )
        except StoreError as error:
            say(f"the failure is not stored: {error}")


def _preload(clients: AwsClients) -> None:
    """Load what every run needs while the warm parent loads the engine: a start may take long."""
    for module in _MODULES:
        importlib.import_module(module)
    for message in (Request, Reply):
        message.model_rebuild()
    with suppress(SettingsError):  # every run will say so
        clients.get("s3")


def say(line: str) -> None:
    """A line of the function's log."""
    print(line, flush=True)  # noqa: T201 - standard output is the log


def _with_logs(reply: Reply, folder: Path) -> Reply:
    """The reply with what the run wrote, which goes to the function's log as well."""
    logs, cut = {}, False
    for name in LOGS:
        path = folder / f"{name}.log"
        text = path.read_text("utf-8") if path.exists() else ""
        sys.stdout.write("".join(f"{name}: {line}\n" for line in text.splitlines()))
        logs[name] = text[:_LOG_MAX]
        cut = cut or len(text) > _LOG_MAX
    sys.stdout.flush()
    return reply.model_copy(update={"logs": logs, "logs_cut": cut})


def _empty(folder: Path) -> None:
    """Leave nothing of a run behind; temporary files of the next are made in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)


def _not_understood(exc: ValidationError) -> Reply:
    error = EngineUnavailable(
        "The Lambda function does not understand the request.",
        remedy="Deploy the function's image of this version.",
        detail=str(exc),
    )
    at = now()
    return Reply(run_id="", failure=failure_of(error), engine=engine_name(), started=at, ended=at)


def _defect(defect: Exception) -> RunError:
    return RunError(
        f"Something went wrong inside the Lambda function ({type(defect).__name__}: {defect}).",
        remedy="This is a defect of ours; please report it with the detail.",
        detail="".join(traceback.format_exception(defect)),
    )
