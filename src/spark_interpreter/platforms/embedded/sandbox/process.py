"""Plain process properties: parent death, inspection, descriptors, children, resource limits."""

import ctypes
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38

MIB = 1024 * 1024
OPEN_FILES = 4096


def prctl(option: int, argument: int) -> None:
    """The system call of that name.

    Raises:
        OSError: the kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, argument, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends, and adopt what descendants leave."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def forbid_inspection() -> None:
    """Keep the memory and /proc entries of this process and its forks from others."""
    prctl(_PR_SET_DUMPABLE, 0)


def allow_inspection() -> None:
    """Undo `forbid_inspection`; needed to write one's own /proc entries."""
    prctl(_PR_SET_DUMPABLE, 1)


def no_new_privileges() -> None:
    """No program this process could ever start gains rights from its file."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def close_descriptors(keep: set[int]) -> None:
    """Close every descriptor but these."""
    lowest = 0
    for fd in sorted(keep):
        if fd > lowest:
            os.closerange(lowest, fd)
        lowest = fd + 1
    os.closerange(lowest, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 4096))


def limit_resources(*, file_mb: int, memory_mb: int) -> None:
    """Hard limits of one process; a backstop to what its owner watches."""
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_mb * MIB),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_DATA, memory_mb * MIB),
    ):
        _, hard = resource.getrlimit(kind)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (limit, limit))
