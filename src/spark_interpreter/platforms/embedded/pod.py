"""A pod: the trusted process around one run, with the engine and the script as its children.

It lives outside the namespaces of its children, so it sees them end however they end, and killing
the engine (the first process of the run's own process namespace) takes everything else along.
"""

import contextlib
import os
import resource
import select
import signal
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from spark_interpreter.platforms.embedded import engine, harness, relay, sandbox, watch
from spark_interpreter.platforms.embedded.protocol import Ended, Started, Work


class Descriptors(NamedTuple):
    """What the owner hands to a pod, in this order."""

    channel: int
    report: int
    stdout: int
    stderr: int
    engine_log: int


def live(descriptors: Descriptors) -> None:
    """Take one `Work` from the channel, see it through, and report the end.

    Behind a `Work` with a server elsewhere follows that server's token.
    """
    sandbox.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    channel = Connection(descriptors.channel)
    work = Work.model_validate_json(channel.recv_bytes())
    ours, theirs = socket.socketpair()
    secret, hand_secret = os.pipe()
    relay_pid = _start_relay(work, ours, secret, descriptors.engine_log) if work.remote else None
    ours.close()
    os.close(secret)
    sandbox.enter_namespaces()
    announced, announce = os.pipe()
    engine_pid = _fork(
        lambda: _engine(work, announce, theirs),
        out=descriptors.engine_log,
        keep={announce, theirs.fileno()},
    )
    script_pid = _fork(
        lambda: _script(work, announced, descriptors.report),
        out=descriptors.stdout,
        err=descriptors.stderr,
        keep={announced, descriptors.report},
    )
    for fd in (announce, announced, *descriptors[1:]):
        os.close(fd)
    channel.send_bytes(Started(engine=engine_pid, script=script_pid).model_dump_json().encode())
    _pass_on_token(channel, hand_secret, wanted=work.remote is not None)
    ended = _see_through(channel, engine_pid, script_pid, relay_pid, theirs)
    with contextlib.suppress(OSError):
        channel.send_bytes(ended.model_dump_json().encode())


def _start_relay(work: Work, handover: socket.socket, secret: int, out: int) -> int:
    assert work.remote is not None
    remote, folder = work.remote, Path(work.scratch)
    return _fork(
        lambda: relay.serve(handover, remote, secret, folder),
        out=out,
        keep={handover.fileno(), secret},
    )


def _pass_on_token(channel: Connection, secret: int, *, wanted: bool) -> None:
    """Give the relay the server's token, which is read only now that the script has its copy."""
    with contextlib.suppress(EOFError, OSError), open(secret, "wb") as pipe:
        if wanted:
            pipe.write(channel.recv_bytes())


def _see_through(
    channel: Connection,
    engine_pid: int,
    script_pid: int,
    relay_pid: int | None,
    handover: socket.socket,
) -> Ended:
    """Wait for the first end (of the script, the engine or the owner) and make it everyone's.

    Where there is a relay, it is the engine to the script.
    """
    ends = {pid: os.pidfd_open(pid) for pid in (engine_pid, script_pid, relay_pid) if pid}
    first, _, _ = select.select([*ends.values(), channel.fileno()], [], [])
    for pid in (script_pid, engine_pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    script_status, engine_status = _reap(script_pid), _reap(engine_pid)
    engine_first = ends[engine_pid] in first
    if relay_pid is not None:
        relay.end(handover)
        relay_status = _reap(relay_pid)
        if ends[relay_pid] in first:
            engine_status, engine_first = relay_status, True
    _reap_the_rest()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Ended(
        engine=engine_status,
        script=script_status,
        engine_first=engine_first,
        cpu_seconds=used.ru_utime + used.ru_stime,
    )


def _reap(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _reap_the_rest() -> None:
    """Kill what detached itself where no process namespace has done so already."""
    with contextlib.suppress(ChildProcessError):
        while True:
            for pid in watch.descendants(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def _fork(body: Callable[[], None], *, out: int, keep: set[int], err: int | None = None) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        sandbox.die_with_parent()
        _standard_streams(out, out if err is None else err)
        sandbox.close_descriptors(keep={0, 1, 2, *keep})
        body()
        status = 0
    except BaseException as exc:  # noqa: BLE001 - nothing may return into the parent's code
        os.write(2, f"{type(exc).__name__}: {exc}\n".encode())
    finally:
        os._exit(status)


def _standard_streams(out: int, err: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)


def _engine(work: Work, announce: int, handover: socket.socket) -> None:
    temp = Path(work.scratch) / "engine"
    sandbox.allow_inspection()
    sandbox.restrict_engine(work, temp)
    if work.remote is None:
        engine.serve(announce, temp)
    else:
        relay.listen(announce, handover)


def _script(work: Work, announced: int, report: int) -> None:
    os.chdir(Path(work.scratch) / "script")
    with open(announced, "rb") as pipe:
        port = pipe.read()
    if not port:
        return
    sandbox.restrict_script(work, int(port))
    harness.perform(work, int(port), report)
