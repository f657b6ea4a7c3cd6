"""What runs cost that were given up before their platform said so."""

import logging
import threading
from collections.abc import Callable

from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import FailedRun
from spark_interpreter.platforms.cost import cost_of
from spark_interpreter.settings import Settings

BilledLater = Callable[[], dict[str, float] | None]
"""See `InterpreterError.billed_later`."""

_log = logging.getLogger(__name__)


def settle(
    run: FailedRun,
    billed_later: BilledLater,
    settings: Settings,
    keep: Callable[[FailedRun], None],
) -> None:
    """Keep what a run really cost as soon as its platform says it, behind the turn's end.

    Nobody waits for that. If the process ends before, what was reckoned stands.
    """

    def wait() -> None:
        try:
            billed = billed_later()
            if billed:
                cost = cost_of(run.platform, billed, settings)
                known = {"billed": run.billed | billed, "cost": cost, "about": False}
                keep(run.model_copy(update=known))
        except InterpreterError as error:
            _log.warning("cost not settled", extra={"detail": str(error)})

    threading.Thread(target=wait, name=f"settle-{run.run_id}", daemon=True).start()
