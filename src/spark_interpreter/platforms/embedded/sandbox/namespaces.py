"""Namespaces: an own view of processes, network and IPC for a run, and no capabilities."""

import ctypes
import fcntl
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

from spark_interpreter.platforms.embedded.sandbox.process import (
    allow_inspection,
    forbid_inspection,
    prctl,
)

_NEW_USER, _NEW_PID, _NEW_NET, _NEW_IPC = 0x10000000, 0x20000000, 0x40000000, 0x08000000
KINDS = {"process": _NEW_PID, "network": _NEW_NET, "ipc": _NEW_IPC}

_PR_CAPBSET_DROP = 24
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def enter() -> frozenset[str]:
    """Put this process and what it forks from now on into namespaces of their own.

    The calling process itself stays in its process namespace; its next child is the first process
    of the new one, and takes all others along when it ends. Must be called in a process with a
    single thread.

    Returns:
        The kinds the kernel gave.
    """
    if os.geteuid() != 0:
        with suppress(OSError):
            _enter_user_namespace()
    entered = set()
    for kind, flag in KINDS.items():
        with suppress(OSError):
            _unshare(flag)
            entered.add(kind)
    if "network" in entered:
        _raise_loopback()
    return frozenset(entered)


def drop_capabilities(keep: frozenset[int] = frozenset()) -> None:
    """Give up every capability but these, which are kept only if they are there."""
    for number in range(_LAST_CAPABILITY + 1):
        with suppress(OSError):
            prctl(_PR_CAPBSET_DROP, number)
    kept = _effective() & sum(1 << number for number in keep)
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    data = struct.pack("<6I", low, low, 0, high, high, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, data) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _effective() -> int:
    header = ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION_3, 0), 8)
    data = ctypes.create_string_buffer(24)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, data) != 0:
        return 0
    words = struct.unpack("<6I", data.raw)
    return int(words[0] | words[3] << 32)


def _enter_user_namespace() -> None:
    """One in which this user is itself and has the right to make the other namespaces."""
    user, group = os.geteuid(), os.getegid()
    _unshare(_NEW_USER)
    allow_inspection()
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    finally:
        forbid_inspection()


def _unshare(flag: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flag) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(probe, _SIOCGIFFLAGS, request)
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(probe, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))
