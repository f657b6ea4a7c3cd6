"""Seccomp: a filter of system calls that a process puts on itself for good.

The filter is a list: what is dangerous or unaccounted is refused, the rest is left to the other
layers. Numbers are those of the kernel's tables for x86_64 and aarch64; the program is classic BPF
over `struct seccomp_data` (linux/seccomp.h).
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from typing import NamedTuple

from spark_interpreter.platforms.embedded.sandbox.process import no_new_privileges

_PR_GET_SECCOMP = 21
_SET_MODE_FILTER = 1
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_SET, _AND, _RETURN = (
    0x20, 0x15, 0x35, 0x45, 0x54, 0x06,
)  # fmt: skip
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16
_X32_BIT = 0x40000000

_CLONE_THREAD = 0x00010000
_FASTOPEN = 0x20000000
_SOCK_TYPE_MASK, _SOCK_STREAM = 0xF, 1
_AF_INET, _AF_INET6 = 2, 10
_TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX put characters into a terminal as if they had been typed."""


class _Machine(NamedTuple):
    """The audit name of an architecture, and its column in the tables of numbers."""

    audit: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}

_Numbers = tuple[int | None, int | None]

_DENIED: dict[str, _Numbers] = {
    # other programs and processes
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424), "migrate_pages": (256, 238), "move_pages": (279, 239),
    # files, where Landlock has no right of its own: modes, owners, times, attributes, handles
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "setxattrat": (463, 463), "removexattrat": (466, 466), "truncate": (76, 45),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "mknod": (133, None),
    "mknodat": (259, 33), "inotify_add_watch": (254, 27), "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263), "chroot": (161, 51),
    # memory that no process's size shows
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "shmat": (30, 196), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    "userfaultfd": (323, 282),
    # mounts and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "unshare": (272, 97), "setns": (308, 268),
    # the kernel itself
    "bpf": (321, 280), "perf_event_open": (298, 241), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_setup": (206, 0),
    "io_submit": (209, 2), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None),
    "personality": (135, 92), "lookup_dcookie": (212, 18), "vhangup": (153, 58),
    "uselib": (134, None), "ustat": (136, None), "sysfs": (139, None), "seccomp": (317, 277),
}  # fmt: skip

_LISTEN: tuple[_Numbers, ...] = ((49, 200), (50, 201), (43, 202), (288, 242))
_CONNECT: _Numbers = (42, 203)
_CLONE, _CLONE3 = (56, 220), (435, 435)
_SOCKET, _IOCTL, _PRCTL, _TGKILL, _PRLIMIT = (41, 198), (16, 29), (157, 167), (234, 131), (302, 261)
_SENDTO, _SENDMSG, _SENDMMSG, _SECCOMP = (44, 206), (46, 211), (307, 269), (317, 277)
_PRCTL_DENIED = (1, 4, 22, 35, 36)
"""Parent-death signal, dumpable, seccomp, memory map, subreaper."""

_Instruction = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, constant."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def available() -> bool:
    """Whether this machine and kernel can filter system calls with the lists above."""
    return platform.machine() in _MACHINES and ctypes.CDLL(None).prctl(_PR_GET_SECCOMP) >= 0


def restrict(*, connect: bool = False, listen: bool = False) -> None:
    """Refuse dangerous system calls to this process and its threads, for good.

    Of sockets, TCP ones alone can be made; `connect` and `listen` say what for. Where the machine
    is unknown or the kernel has no seccomp nothing happens.

    Raises:
        OSError: the kernel refused the filter.
    """
    if not available():
        return
    no_new_privileges()
    instructions = b"".join(
        struct.pack("<HBBI", *each) for each in _filter(connect=connect, listen=listen)
    )
    program = _Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    number = _SECCOMP[_MACHINES[platform.machine()].column]
    if libc.syscall(ctypes.c_long(number), _SET_MODE_FILTER, 0, ctypes.byref(program)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _filter(*, connect: bool, listen: bool) -> list[_Instruction]:
    machine = _MACHINES[platform.machine()]
    refused = [
        *_DENIED.values(),
        *(() if connect else (_CONNECT,)),
        *(() if listen else _LISTEN),
    ]
    conditional = (
        (_CLONE, _need_bits(0, _CLONE_THREAD)),
        (_CLONE3, [_refusal(errno.ENOSYS)]),
        (_SOCKET, _stream_socket()),
        (_TGKILL, _need_value(0, os.getpid())),
        (_PRLIMIT, _need_value(0, 0)),
        (_IOCTL, _refuse_values(1, _TERMINAL_INPUT)),
        (_PRCTL, _refuse_values(0, _PRCTL_DENIED)),
        (_SENDTO, _refuse_bits(3, _FASTOPEN)),
        (_SENDMSG, _refuse_bits(2, _FASTOPEN)),
        (_SENDMMSG, _refuse_bits(3, _FASTOPEN)),
    )
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_JUMP_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        (_JUMP_GREATER_EQUAL, 0, 1, _X32_BIT),
        _refusal(),
    ]
    for numbers in refused:
        program += _for_call(numbers[machine.column], [_refusal()])
    for numbers, body in conditional:
        program += _for_call(numbers[machine.column], body)
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _for_call(number: int | None, body: list[_Instruction]) -> list[_Instruction]:
    """`body`, which ends in a return, for one system call; nothing where there is no such call."""
    return [] if number is None else [(_JUMP_EQUAL, 0, len(body), number), *body]


def _refusal(code: int = errno.EPERM) -> _Instruction:
    return (_RETURN, 0, 0, _ERRNO | code)


def _load(argument: int) -> _Instruction:
    """The low half of an argument; both machines are little-endian."""
    return (_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * argument)


def _need_bits(argument: int, bits: int) -> list[_Instruction]:
    return [_load(argument), (_JUMP_SET, 0, 1, bits), (_RETURN, 0, 0, _ALLOW), _refusal()]


def _refuse_bits(argument: int, bits: int) -> list[_Instruction]:
    return [_load(argument), (_JUMP_SET, 0, 1, bits), _refusal(), (_RETURN, 0, 0, _ALLOW)]


def _need_value(argument: int, value: int) -> list[_Instruction]:
    return [_load(argument), (_JUMP_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW), _refusal()]


def _refuse_values(argument: int, values: Sequence[int]) -> list[_Instruction]:
    tests = [
        instruction for value in values for instruction in ((_JUMP_EQUAL, 0, 1, value), _refusal())
    ]
    return [_load(argument), *tests, (_RETURN, 0, 0, _ALLOW)]


def _stream_socket() -> list[_Instruction]:
    return [
        _load(0),
        (_JUMP_EQUAL, 2, 0, _AF_INET),
        (_JUMP_EQUAL, 1, 0, _AF_INET6),
        _refusal(errno.EAFNOSUPPORT),
        _load(1),
        (_AND, 0, 0, _SOCK_TYPE_MASK),
        (_JUMP_EQUAL, 0, 1, _SOCK_STREAM),
        (_RETURN, 0, 0, _ALLOW),
        _refusal(errno.EACCES),
    ]
