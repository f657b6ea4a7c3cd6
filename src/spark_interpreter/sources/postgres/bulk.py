"""Many rows as Arrow batches, through the ADBC driver: it reads COPY's binary form in C.

psycopg makes Python do something for each row, which takes five times as long.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
from adbc_driver_postgresql import dbapi
from psycopg.conninfo import make_conninfo

from spark_interpreter.errors import RunCancelled, SourceUnavailable
from spark_interpreter.sources.arrow_types import arrow_schema, arrow_type
from spark_interpreter.sources.base import Stopped
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.postgres.values import UnfitValue, converted

if TYPE_CHECKING:
    from spark_interpreter.sources.postgres.session import Timeouts

_AHEAD = 4
_TICK = 0.05
_CANCELS, _CANCEL_EVERY_SECONDS = 50, 0.2
_LEAVE_SECONDS = 1.0
"""How long a reading may take to notice that it is to end, before it is left to itself."""


def batches(
    parameters: Mapping[str, Any],
    query: str,
    columns: Sequence[PostgresColumn],
    *,
    timeouts: "Timeouts",
    stopped: Stopped,
    name: str,
    what: str,
) -> Iterator["pa.RecordBatch"]:
    """What a query of `bulk_list` gives.

    Args:
        parameters: libpq's, of the connection.
        name, what: the connection's name and what is read, for messages.

    Raises:
        psycopg.Error: the server did not give it.
        UnfitValue: a value is not one of its column's type.
        SourceUnavailable: nothing arrived for too long.
        RunCancelled: `stopped` said so.
    """
    # The kernel gives up a peer that acknowledges nothing; what else is silent we notice.
    silence = int(timeouts.silence * 1000)
    reading = _Reading(make_conninfo(**parameters, tcp_user_timeout=silence), query)
    convert = _converter(columns)
    patience = timeouts.read + timeouts.silence
    reading.start()
    try:
        while (batch := reading.next(patience, stopped, name, what)) is not None:
            patience = timeouts.silence
            yield convert(batch)
    finally:
        reading.leave()


class _Reading(threading.Thread):
    """The driver's own thread: nobody waits for what hangs in a network."""

    def __init__(self, address: str, query: str) -> None:
        super().__init__(name="postgres-bulk", daemon=True)
        self._address = address
        self._query = query
        self._arrived: queue.Queue[Any] = queue.Queue(_AHEAD)
        self._left = threading.Event()
        self._cursor: Any = None

    def run(self) -> None:
        """Hand over one batch after the other, then None; or what went wrong."""
        try:
            with dbapi.connect(self._address) as connection, connection.cursor() as cursor:
                self._cursor = cursor
                if self._left.is_set():
                    return
                cursor.execute(self._query)
                for batch in cursor.fetch_record_batch():
                    if not self._hand_over(batch):
                        return
            self._hand_over(None)
        except Exception as exc:  # noqa: BLE001 - raised again in the thread that waits
            self._hand_over(_as_psycopg(exc))

    def next(self, patience: float, stopped: Stopped, name: str, what: str) -> Any:
        """The next batch; None after the last."""
        deadline = time.monotonic() + patience
        while True:
            with contextlib.suppress(queue.Empty):
                item = self._arrived.get(timeout=_TICK)
                if isinstance(item, Exception):
                    raise item
                return item
            if stopped():
                raise RunCancelled("Cancelled while the data were fetched.")
            if time.monotonic() > deadline:
                raise SourceUnavailable(
                    f"Connection '{name}' fell silent while {what} was read.",
                    remedy="See to the network and the server, and ask again.",
                )

    def leave(self) -> None:
        """End the query in the server, if it has not ended."""
        self._left.set()
        if self.is_alive():
            threading.Thread(target=self._cancel, daemon=True).start()
            self.join(_LEAVE_SECONDS)

    def _cancel(self) -> None:
        """Cancel until it has an effect: what comes before the query begins is lost."""
        for _ in range(_CANCELS):
            if self._cursor is not None:
                with contextlib.suppress(Exception):
                    self._cursor.adbc_cancel()
            self.join(_CANCEL_EVERY_SECONDS)
            if not self.is_alive():
                return

    def _hand_over(self, item: Any) -> bool:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._arrived.put(item, timeout=_TICK)
                return True
        return False


def _as_psycopg(exc: Exception) -> Exception:
    """The driver's exception as psycopg would have raised it, so that errors have one place."""
    if isinstance(exc, OSError):
        return _between_batches(str(exc))
    if not isinstance(exc, dbapi.Error):
        return exc
    state = getattr(exc, "sqlstate", None)
    with contextlib.suppress(KeyError):
        return (
            psycopg.errors.lookup(state)(str(exc)) if state else psycopg.OperationalError(str(exc))
        )
    return psycopg.DatabaseError(str(exc))


def _between_batches(text: str) -> psycopg.Error:
    """What pyarrow says for the driver, which then has no SQLSTATE: only the server's sentence."""
    _, of_server, sentence = text.partition("ERROR:")
    if not of_server:
        return psycopg.OperationalError(text)
    sentence = sentence.strip()
    if sentence.startswith("canceling statement"):
        return psycopg.errors.QueryCanceled(sentence)
    return psycopg.DatabaseError(sentence)


def _converter(
    columns: Sequence[PostgresColumn],
) -> Callable[["pa.RecordBatch"], "pa.RecordBatch"]:
    schema = arrow_schema(columns)

    def convert(batch: "pa.RecordBatch") -> "pa.RecordBatch":
        values = []
        for place, column in enumerate(columns):
            try:
                values.append(_typed(batch.column(place), column))
            except (pa.ArrowInvalid, ValueError, TypeError) as exc:
                raise UnfitValue(column.name) from exc
        return pa.RecordBatch.from_arrays(values, schema=schema)

    return convert


def _typed(values: Any, column: PostgresColumn) -> Any:
    if column.zoneless:
        values = values.cast(pa.timestamp("us"))
    return converted(values, arrow_type(column.type))
