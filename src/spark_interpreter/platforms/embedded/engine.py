"""The engine process of a run: a Spark Connect server for one script."""

import os
import threading
from pathlib import Path


def serve(announce: int, temp: Path) -> None:
    """Start the engine and write its port to the descriptor `announce`; never returns."""
    os.environ.clear()
    os.environ.update(TMPDIR=str(temp), HOME=str(temp), RUST_LOG="warn", TZ="UTC")
    os.chdir(temp)
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start()
    address = server.listening_address
    if address is None:
        raise OSError("the engine does not listen")
    os.write(announce, str(address[1]).encode())
    os.close(announce)
    threading.Event().wait()
