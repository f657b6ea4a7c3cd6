"""Runs one job as if the kernel had no sandbox to offer, and says how it went.

A program of its own (folder, body of the script): it puts a filter on itself, which all of its
descendants inherit, that makes Landlock, seccomp and namespaces look absent.
"""

import ctypes
import errno
import struct
import sys
from pathlib import Path

from spark_interpreter.errors import InterpreterError
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.embedded.sandbox.layers import sandbox_layers
from spark_interpreter.settings import Settings
from tests.platforms.jobs import execute, make_job, rows

LANDLOCK, UNSHARE, PRCTL, SECCOMP, CLONE3 = 444, 272, 157, 317, 435
PR_SET_NO_NEW_PRIVS, PR_GET_SECCOMP = 38, 21
LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def hide_the_sandbox() -> None:
    instructions = [(LOAD, 0, 0, 0)]
    for number, code in ((LANDLOCK, errno.ENOSYS), (UNSHARE, errno.EPERM)):
        instructions += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | code)]
    instructions += [
        (JUMP_EQUAL, 0, 3, PRCTL),
        (LOAD, 0, 0, 16),
        (JUMP_EQUAL, 0, 1, PR_GET_SECCOMP),
        (RETURN, 0, 0, REFUSE | errno.EINVAL),
        (RETURN, 0, 0, ALLOW),
    ]
    packed = b"".join(struct.pack("<HBBI", *each) for each in instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    program = Program(len(instructions), packed)
    assert libc.syscall(ctypes.c_long(SECCOMP), 1, 0, ctypes.byref(program)) == 0


def main() -> None:
    hide_the_sandbox()
    sys.stdout.write(f"layers {sum(layer.available for layer in sandbox_layers())}\n")
    job = make_job(Path(sys.argv[1]), sys.argv[2], seconds=5, processes=64)
    with EmbeddedPlatform(Settings()) as platform:
        try:
            execute(platform, job)
            sys.stdout.write(f"rows {len(rows(job))}\n")
        except InterpreterError as exc:
            sys.stdout.write(f"{exc.code} {exc.message}\n")


if __name__ == "__main__":
    main()
