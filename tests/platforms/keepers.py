"""The processes of this one that keep a server."""

import os

import psutil

from spark_interpreter.platforms.connect import keeper


def keepers() -> list[psutil.Process]:
    """Those that still run."""
    return [
        process
        for process in psutil.process_iter(["ppid", "cmdline"])
        if process.info["ppid"] == os.getpid()
        and keeper.__file__ in (process.info["cmdline"] or ())
    ]
