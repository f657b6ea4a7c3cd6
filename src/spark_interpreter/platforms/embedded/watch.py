"""What a run uses right now, read from /proc and its folders."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

KIB = 1024
MIB = 1024 * 1024
_BLOCK = 4096
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")


class Usage(NamedTuple):
    """Memory that is a process's own (not shared with the warm parent's files), and threads."""

    memory: int
    threads: int


def usage(pids: Iterable[int]) -> Usage:
    """The sum over the processes that are still there."""
    memory = threads = 0
    for pid in pids:
        for line in _read(f"/proc/{pid}/status").splitlines():
            name, _, value = line.partition(":")
            if name in ("RssAnon", "RssShmem"):
                memory += int(value.split()[0]) * KIB
            elif name == "Threads":
                threads += int(value)
    return Usage(memory, threads)


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, however it detached itself from its terminal or group."""
    found: list[int] = []
    pending = [pid]
    while pending:
        tasks = f"/proc/{pending.pop()}/task"
        children = [
            int(child)
            for task in _names(tasks)
            for child in _read(f"{tasks}/{task}/children").split()
        ]
        found += children
        pending += children
    return found


def bytes_read(pid: int) -> int | None:
    """Bytes the process has read through system calls; None where the kernel does not say."""
    for line in _read(f"/proc/{pid}/io").splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    return None


def folder_bytes(folders: Iterable[str]) -> int:
    """Size of all files below the folders, each counted as one block at least."""
    total = 0
    pending = [Path(folder) for folder in folders]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(Path(entry.path))
                    else:
                        total += max(entry.stat(follow_symlinks=False).st_size, _BLOCK)
        except FileNotFoundError:
            continue
    return total


def text_bytes(paths: Iterable[str]) -> int | None:
    """Size of the inputs if all are text, which is read from end to end; else None."""
    total = 0
    for path in paths:
        file = Path(path)
        if file.suffix.lower() not in _TEXT_SUFFIXES or not file.is_file():
            return None
        total += file.stat().st_size
    return total or None


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - may vanish while it is read
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except (OSError, ValueError):
        return ""
