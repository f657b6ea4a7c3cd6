"""The warm parent: has the engine and the Spark client imported, and forks a pod for each run.

Run as a program with one argument: the descriptor of a socket. Each message on it carries the
descriptors of a new pod; the end of the socket is the end of the program, and with it of all pods.
"""

import gc
import os
import select
import signal
import socket
import sys

READY = b"ready"
OWNER_CHECK_SECONDS = 1.0


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    owner = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _preload()
    from spark_interpreter.platforms.embedded import pod, sandbox

    sandbox.forbid_inspection()
    control.send(READY)
    while os.getppid() == owner:
        readable, _, _ = select.select([control], [], [], OWNER_CHECK_SECONDS)
        _reap()
        if not readable:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 16, len(pod.Descriptors._fields))
        if not message:
            return
        _fork_pod(control, pod.Descriptors(*descriptors))


def _preload() -> None:
    """Import what every run needs, so that a fork has it; opens nothing and starts no server."""
    import grpc
    import pandas
    import pyarrow.parquet
    import pysail.spark
    import pyspark.sql.connect.functions
    import pyspark.sql.connect.session
    import pyspark.sql.types
    import pyspark.sql.window

    from spark_interpreter.platforms.embedded import pod

    del grpc, pandas, pod, pyarrow, pysail, pyspark
    gc.collect()
    gc.freeze()


def _fork_pod(control: socket.socket, descriptors: "tuple[int, ...]") -> None:
    from spark_interpreter.platforms.embedded import pod

    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            control.close()
            pod.live(pod.Descriptors(*descriptors))
            status = 0
        finally:
            os._exit(status)
    control.send(str(pid).encode())
    for fd in descriptors:
        os.close(fd)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
