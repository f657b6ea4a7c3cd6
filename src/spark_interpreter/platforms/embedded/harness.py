"""The script process of a run: executes the script's text against its engine."""

import linecache
import os
import sys
import time
import traceback
import types
from typing import TextIO

from spark_interpreter.model import EmptyTable
from spark_interpreter.platforms.embedded import check_mode, remote_mode, run_mode
from spark_interpreter.platforms.embedded.protocol import Outcome, Progress, Raised, Work
from spark_interpreter.platforms.embedded.spark_patches import Patches, read_tables

SCRIPT_NAME = "<script>"


def perform(work: Work, port: int, report: int) -> None:
    """Run the script to its end and write its `Outcome` to the descriptor `report`."""
    started = time.monotonic()
    os.environ.clear()
    os.environ.update(SPARK_REMOTE=_address(work, port), TZ="UTC", LANG="C.UTF-8")
    capture = _capture(work, report)
    capture.install()
    sys.stdout, sys.stderr = _text_stream(1), _text_stream(2)
    raised = None
    try:
        _execute(work.script)
    except SystemExit as exc:
        raised = _exit_failure(exc)
    except BaseException as exc:  # noqa: BLE001 - the boundary between script and platform
        raised = _describe(exc, capture)
    outcome = Outcome(
        raised=raised,
        wrote=capture.wrote,
        columns=capture.columns,
        needs=capture.needs() if raised is None else (),
        engine=capture.engine,
        settings=tuple(capture.settings),
        timings={"session": capture.session_seconds, "execute": time.monotonic() - started},
    )
    sys.stdout.flush()
    sys.stderr.flush()
    with open(report, "wb") as pipe:
        pipe.write(outcome.model_dump_json().encode())


def _address(work: Work, port: int) -> str:
    """Where the client finds its engine: a port of this process tree's own, whoever is behind."""
    address = f"sc://127.0.0.1:{port}"
    if work.remote is None:
        return address
    return f"{address}/;user_id={work.remote.user};session_id={work.remote.session}"


def _capture(work: Work, report: int) -> Patches:
    if work.mode == "check":
        return check_mode.Capture(work)
    if work.remote is None:
        return run_mode.Capture(work)

    def tell(progress: Progress) -> None:
        os.write(report, f"{progress.model_dump_json()}\n".encode())

    return remote_mode.Capture(work, tell)


def _text_stream(descriptor: int) -> TextIO:
    """A stream that passes each line on at once, so that a killed script leaves its words."""
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)


def _execute(text: str) -> None:
    linecache.cache[SCRIPT_NAME] = (len(text), None, text.splitlines(keepends=True), SCRIPT_NAME)
    code = compile(text, SCRIPT_NAME, "exec", dont_inherit=True)
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.modules["job_credentials"] = _no_credentials()
    sys.argv = [SCRIPT_NAME]
    exec(code, main.__dict__)  # noqa: S102 - this is what the process is for


def _no_credentials() -> types.ModuleType:
    """The helper a job travels with, without a secret: what is read here was fetched before."""
    module = types.ModuleType("job_credentials")
    module.__dict__["credentials"] = lambda _name: {}
    return module


def _exit_failure(exc: SystemExit) -> Raised | None:
    if exc.code in (None, 0):
        return None
    return Raised(type="SystemExit", message=f"the script exited with {exc.code}", line=_line(exc))


def _describe(exc: BaseException, capture: Patches) -> Raised:
    from pyspark.errors import PySparkException

    spark = exc if isinstance(exc, PySparkException) else None
    return Raised(
        type=type(exc).__name__,
        message=str(exc) or type(exc).__name__,
        engine=spark is not None or type(exc).__module__.startswith("grpc"),
        condition=spark.getCondition() if spark else None,
        line=_line(exc),
        trace="".join(traceback.format_exception(exc)),
        after_data=capture.looked_at_data,
        unsupported=_is_unsupported(exc),
        reads=_reads(capture) if spark else (),
    )


def _reads(capture: Patches) -> tuple[EmptyTable, ...]:
    """What was read; nothing if the engine, which parses the schemas, is gone."""
    from grpc import RpcError
    from pyspark.errors import PySparkException

    try:
        return read_tables(capture.reads)
    except (PySparkException, RpcError):
        return ()


def _is_unsupported(exc: BaseException) -> bool:
    """Whether Spark could do what the engine says it cannot."""
    from pyspark.errors import UnsupportedOperationException
    from pyspark.sql import functions

    if not isinstance(exc, UnsupportedOperationException):
        return False
    _, unknown, name = str(exc).partition("unknown function: ")
    return not unknown or hasattr(functions, name.strip())


def _line(exc: BaseException) -> int | None:
    """The script's line that was running, or that does not parse."""
    if isinstance(exc, SyntaxError) and exc.filename == SCRIPT_NAME:
        return exc.lineno
    frames = traceback.extract_tb(exc.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == SCRIPT_NAME]
    return lines[-1] if lines else None
