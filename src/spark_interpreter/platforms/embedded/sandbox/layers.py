"""Which layers of the sandbox this machine offers, for `doctor`."""

import json
import subprocess
import sys
from typing import NamedTuple

from spark_interpreter.platforms.embedded.sandbox import landlock, namespaces, seccomp

_PROBE_SECONDS = 10.0
_PORTS_ABI = 4


class Layer(NamedTuple):
    """A layer of the sandbox: what it holds, whether it is there, and how to get it."""

    name: str
    available: bool
    detail: str
    remedy: str = ""


def sandbox_layers() -> tuple[Layer, ...]:
    """Look at every layer; takes some ten milliseconds and leaves nothing behind."""
    abi = landlock.abi()
    kinds = _namespace_kinds()
    return (
        Layer(
            "files",
            abi > 0,
            f"Landlock version {abi}: a run reads its inputs and writes its output, nothing else."
            if abi
            else "No Landlock: a run can read what this user can.",
            ""
            if abi
            else "Use Linux 5.13 or later with Landlock on (boot option `lsm=landlock,…`).",
        ),
        Layer(
            "ports",
            abi >= _PORTS_ABI,
            "Landlock: a script connects to its own engine only."
            if abi >= _PORTS_ABI
            else "Landlock does not cover TCP here; the network namespace does if it is there.",
            "" if abi >= _PORTS_ABI else "Use Linux 6.7 or later.",
        ),
        _layer(
            "system calls",
            seccomp.available(),
            "seccomp: no programs, no new processes, no UDP, no signals to others",
            "Use a kernel with seccomp on x86_64 or aarch64.",
        ),
        *(
            _layer(
                f"{kind} namespace",
                kind in kinds,
                purpose,
                "Allow user namespaces (`sysctl user.max_user_namespaces`, and in a container "
                "a seccomp profile that lets `unshare` through).",
            )
            for kind, purpose in _PURPOSES.items()
        ),
    )


_PURPOSES = {
    "process": "one kill ends everything a run has started",
    "network": "a run has no network but its own loopback",
    "ipc": "no shared memory or message queues with others",
}


def _layer(name: str, available: bool, purpose: str, remedy: str) -> Layer:
    detail = f"{purpose}." if available else f"Missing here; it gives: {purpose}."
    return Layer(name, available, detail[0].upper() + detail[1:], "" if available else remedy)


def _namespace_kinds() -> frozenset[str]:
    """Tried in a program of its own, for there is no way back."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "spark_interpreter.platforms.embedded.sandbox.layers"],
            capture_output=True, check=True, timeout=_PROBE_SECONDS,
        )  # fmt: skip
        return frozenset(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return frozenset()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(sorted(namespaces.enter())))
