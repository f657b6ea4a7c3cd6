"""Work on large documents and workbooks in a process of its own.

The libraries that read them cannot be stopped in the middle, and a process can: it is ended as
soon as the turn is cancelled, and ends by itself when this process is gone.
"""

import io
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Any, ParamSpec, TypeVar, cast

from spark_interpreter.cancellation import current_cancellation
from spark_interpreter.errors import InterpreterError, SourceUnreadable

P = ParamSpec("P")
R = TypeVar("R")

LARGE_BYTES = 16 * 1024 * 1024
"""Starting a process takes about as long as reading this much."""
_FORMATS = frozenset(("json", "excel"))


def unstoppable(file_format: str, size: int | None) -> bool:
    """Whether a source of this format and size takes long in a way that cannot be stopped."""
    return file_format in _FORMATS and (size or 0) >= LARGE_BYTES


def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function of a module gives, called in a process of its own.

    Raises:
        InterpreterError: what the function raised.
        SourceUnreadable: the process was ended from outside, as when memory runs out.
        RunCancelled: this thread's work is to stop; the process is gone then.
    """
    cancellation = current_cancellation()
    command = [sys.executable, "-P", "-m", __name__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            with cancellation.calling(process.kill):
                pickle.dump((work, args, kwargs), process.stdin)
                process.stdin.flush()
                answer = process.stdout.read()
        except BrokenPipeError:
            answer = b""
        finally:
            process.kill()
    cancellation.check()
    if not answer:
        raise SourceUnreadable(
            "The process that read the file was ended, most likely for lack of memory.",
            remedy="Ask again with less at the same time, or convert the file to CSV or Parquet.",
        )
    result = pickle.loads(answer)  # noqa: S301 - written by our own process
    if isinstance(result, InterpreterError):
        raise result
    return cast("R", result)


def main(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Do the one piece of work that is asked for."""
    work, args, kwargs = pickle.load(asked)  # noqa: S301 - written by the process that started us
    threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
    result: Any
    try:
        result = work(*args, **kwargs)
    except InterpreterError as error:
        result = error
    answers.write(pickle.dumps(result))
    answers.flush()


def _end_with(asked: IO[bytes]) -> None:
    """End when the process that asked does: its end of the pipe is closed then."""
    asked.read()
    os._exit(1)


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "wb") as own:
        os.dup2(2, 1)  # what a library prints is no answer
        main(io.BufferedReader(io.FileIO(0, closefd=False)), own)
        own.flush()
        os._exit(0)
