"""Keeps a server as long as its owner lives: a program of its own, with nothing but this file.

Its arguments are the descriptor of a pipe, the seconds a server has to end by itself, and the
server's command. Only the owner has the other end of the pipe, so the pipe closes when the owner
does it, or is gone by whatever death. It leads a process group, which the server belongs to.
"""

import os
import select
import signal
import subprocess
import sys


def main(pipe: int, grace: float, command: list[str]) -> None:
    """Run the server until it ends or the pipe closes, and end the whole group."""
    # Ignoring the signal would be inherited by the server; a handler is not.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server = subprocess.Popen(command)
    ended = os.pidfd_open(server.pid)
    readable, _, _ = select.select([pipe, ended], [], [])
    if ended not in readable:
        os.killpg(os.getpid(), signal.SIGTERM)
        select.select([ended], [], [], grace)
    os.killpg(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
