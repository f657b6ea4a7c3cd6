"""The function's entry point, `spark_interpreter.lambda_worker.handler.handle`.

Importing it starts the warm parent, so that the engine is loaded on another core while this
process still loads the rest; both stay between invocations.
"""

from typing import Any

from spark_interpreter.platforms.embedded.parent import WarmParent

WarmParent.start_early()

from spark_interpreter.lambda_worker.worker import Context, Worker  # noqa: E402 - after the start

_worker = Worker()


def handle(event: Any, context: Context) -> dict[str, Any]:
    """Answer a `Request` with a `Reply`; whatever goes wrong with the run is in the reply."""
    return _worker.answer(event, context)
