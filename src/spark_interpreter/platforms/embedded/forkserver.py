"""The warm parent: has the engine and the Spark client imported, and forks a pod for each run.

Run as a program with one argument: the descriptor of a socket. Each message on it carries the
descriptors of a new pod; the end of the socket is the end of the program, and with it of all pods.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys

from spark_interpreter.platforms.embedded import pod, sandbox
from spark_interpreter.platforms.embedded.protocol import Ended, Outcome, Progress, Started, Work

READY = b"ready"
OWNER_CHECK_SECONDS = 1.0
_MODULES = (
    "grpc",
    "pandas",
    "pyarrow.parquet",
    "pysail.spark",
    "pyspark.sql.connect.functions",
    "pyspark.sql.connect.session",
    "pyspark.sql.types",
    "pyspark.sql.window",
)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    owner = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _preload()
    sandbox.forbid_inspection()
    control.send(READY)
    while os.getppid() == owner:
        readable, _, _ = select.select([control], [], [], OWNER_CHECK_SECONDS)
        if not readable:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 16, len(pod.Descriptors._fields))
        if not message:
            return
        _fork_pod(control, pod.Descriptors(*descriptors))


def _preload() -> None:
    """Import what every run needs, so that a fork has it; opens nothing and starts no server."""
    for module in _MODULES:
        importlib.import_module(module)
    for message in (Work, Started, Ended, Progress, Outcome):
        message.model_rebuild()
    gc.collect()
    gc.freeze()


def _fork_pod(control: socket.socket, descriptors: pod.Descriptors) -> None:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            control.close()
            pod.live(descriptors)
            status = 0
        finally:
            os._exit(status)
    control.send(str(pid).encode())
    for fd in descriptors:
        os.close(fd)


if __name__ == "__main__":
    main()
