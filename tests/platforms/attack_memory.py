"""What a script finds that looks through all it can reach: its environment, /proc, its memory.

Prints the SHA-256 of everything that is shaped like a token or names a session, so that the text of
this program holds none of what it looks for.
"""
# ruff: noqa: PTH123, PTH208, T201 - a script, which prints and takes the shortest way

import ctypes
import gc
import os
import re
from contextlib import suppress
from hashlib import sha256

SHAPE = re.compile(rb"zq[0-9a-f]{40}|session_id=[0-9a-f-]{36}")
found: set[str] = set()


def look(data: bytes) -> None:
    found.update(sha256(match).hexdigest() for match in SHAPE.findall(data))


def text(value: object) -> None:
    look(repr(value).encode("utf-8", "replace"))


text(dict(os.environ))
processes = ["self"]
with suppress(OSError):
    processes += filter(str.isdigit, os.listdir("/proc"))
for process in processes:
    for name in ("environ", "cmdline", "maps", "status"):
        with suppress(OSError), open(f"/proc/{process}/{name}", "rb") as file:
            look(file.read())
for thing in gc.get_objects():
    if isinstance(thing, dict | list | tuple | set):
        for each in list(thing.values() if isinstance(thing, dict) else thing):
            if isinstance(each, str | bytes):
                text(each)

# A write of memory that is not mapped fails, so that all that is mapped around any object is read.
libc = ctypes.CDLL(None)
reader, writer = os.pipe()


def page(address: int) -> bytes:
    size = libc.write(writer, ctypes.c_void_p(address), ctypes.c_size_t(4096))
    return os.read(reader, 4096) if size == 4096 else b""


seen: set[int] = set()
read = 0
starts = {id(each) >> 12 for each in gc.get_objects()} | {libc.sbrk(0) >> 12}
for first in sorted(starts):
    for step in (1, -1):
        number, before = first if step == 1 else first - 1, b""
        while number not in seen and (now := page(number << 12)):
            seen.add(number)
            look(before[-100:] + now if step == 1 else now + before[:100])
            number, before, read = number + step, now, read + len(now)
print("read", read)
for each in sorted(found):
    print("found", each)
