"""Landlock: rules of the kernel for the files and TCP ports a process may reach.

Constants and structures are those of linux/landlock.h; `VERSIONS` of landlock(7) tells what came
with which version of the interface (ABI).
"""

import ctypes
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH, _RULE_NET_PORT = 1, 2

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_REMOVE_DIR = 1 << 4
_REMOVE_FILE = 1 << 5
_MAKE_DIR = 1 << 7
_MAKE_REG = 1 << 8
_TRUNCATE = 1 << 14
_FIRST_FILE_RIGHTS = (1 << 13) - 1
_LATER_FILE_RIGHTS = ((2, 1 << 13), (3, _TRUNCATE), (5, 1 << 15))
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | 1 << 15

LIST = _READ_DIR
READ = _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG

_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1
_SCOPE_ABSTRACT_UNIX, _SCOPE_SIGNAL = 1 << 0, 1 << 1
_NET_ABI, _SCOPE_ABI = 4, 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class _NetPort(ctypes.Structure):
    _fields_ = (("allowed_access", ctypes.c_uint64), ("port", ctypes.c_uint64))


def abi() -> int:
    """The version of the kernel's interface; 0 where there is none."""
    with suppress(OSError):
        return _call(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    return 0


def restrict(
    *,
    paths: Mapping[Path, int],
    connect: Iterable[int] = (),
    listen: bool = False,
) -> None:
    """Take every other access from this process and its descendants, for good.

    Paths that are not there, or closed to this user, are left out. Where the kernel has no
    Landlock nothing happens, and what its version does not know is left open.

    Args:
        paths: what it may do (`LIST`, `READ`, `WRITE`) to files and below folders.
        connect: TCP ports it may connect to.
        listen: it may bind TCP ports.

    Raises:
        OSError: the kernel has Landlock and refused the rules.
    """
    version = abi()
    if version == 0:
        return
    files = _FIRST_FILE_RIGHTS
    for since, right in _LATER_FILE_RIGHTS:
        files |= right if version >= since else 0
    network = _CONNECT_TCP | (0 if listen else _BIND_TCP)
    attributes = _Ruleset(
        files,
        network if version >= _NET_ABI else 0,
        _SCOPE_ABSTRACT_UNIX | _SCOPE_SIGNAL if version >= _SCOPE_ABI else 0,
    )
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    try:
        for path, rights in paths.items():
            _allow_path(ruleset, path, rights & files)
        if version >= _NET_ABI:
            for port in connect:
                rule = _NetPort(_CONNECT_TCP, port)
                _call(_ADD_RULE, ruleset, _RULE_NET_PORT, ctypes.byref(rule), 0)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not path.is_dir():
        rights &= _FILE_ONLY
    try:
        rule = _PathBeneath(rights, fd)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(fd)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    wide = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    result: int = libc.syscall(ctypes.c_long(number), *wide)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
