"""The driver's logs of a job run: from S3, where they arrive some time after its end."""

import gzip
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import NotFound
from spark_interpreter.platforms.embedded.logs import plain_text
from spark_interpreter.storage import Storage

STREAMS = ("stdout", "stderr")
_PAUSE_SECONDS = 2.0
_CHUNK = 64 * 1024


def driver_logs_uri(logs: str, application: str, run_id: str) -> str:
    """The folder of the driver's logs below the `logUri` of a job's request."""
    return f"{logs.rstrip('/')}/applications/{application}/jobs/{run_id}/SPARK_DRIVER"


def fetch_logs(
    storage: Storage,
    uri: str,
    folder: Path,
    *,
    wait_seconds: float,
    limit_kb: int,
    cancellation: Cancellation,
) -> Mapping[str, str]:
    """Bring what there is of the driver's logs to this machine.

    Args:
        uri: see `driver_logs_uri`.
        wait_seconds: how long to wait for the log of errors.
        limit_kb: how much of the end of each log is kept, KiB.

    Returns:
        the texts by stream; empty for what has not arrived in time.
    """
    deadline = time.monotonic() + wait_seconds
    packed = _packed(storage, uri)
    while "stderr" not in packed and time.monotonic() < deadline and not cancellation.cancelled:
        cancellation.wait(min(_PAUSE_SECONDS, deadline - time.monotonic()))
        packed = _packed(storage, uri)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {name: _text(data, limit_kb * 1024) for name, data in packed.items()}
    for name, text in texts.items():
        (folder / f"{name}.log").write_text(text, encoding="utf-8")
    return texts


def _packed(storage: Storage, uri: str) -> dict[str, bytes]:
    found = {}
    for name in STREAMS:
        try:
            found[name] = storage.read_bytes(f"{uri}/{name}.gz")
        except NotFound:
            continue
    return found


def _text(packed: bytes, limit: int) -> str:
    """The end of the text: what failed stands there. Unpacks piece by piece, whatever its size."""
    kept, dropped = b"", 0
    with gzip.open(BytesIO(packed)) as file, suppress(EOFError, OSError, zlib.error):
        # What is there of a log that was cut short counts.
        while piece := file.read(_CHUNK):
            kept += piece
            dropped += max(0, len(kept) - limit)
            kept = kept[-limit:]
    text = plain_text(kept.decode("utf-8", "replace"))
    return f"[{dropped} bytes before this were not kept]\n{text}" if dropped else text
