"""What the engine and the script of a run are allowed."""

import glob
import itertools
import sys
import sysconfig
from pathlib import Path

from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.sandbox import landlock, namespaces, process, seccomp

_SYSTEM_LIBRARIES = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo",
    "/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/dev/zero",
)  # fmt: skip
_INSTALLATION = ("stdlib", "platstdlib", "purelib", "platlib")


def restrict_engine(work: Work, temp: Path) -> None:
    """Reads the job's inputs, writes its output and `temp`, listens, connects nowhere."""
    writable = (temp, Path(work.folder)) if work.folder else (temp,)
    paths = _installation() | _inputs(work.inputs) | dict.fromkeys(writable, landlock.WRITE)
    namespaces.drop_capabilities(
        keep=frozenset({namespaces.CAP_DAC_OVERRIDE, namespaces.CAP_DAC_READ_SEARCH})
    )
    _limit(work)
    process.no_new_privileges()
    landlock.restrict(paths=paths, listen=True)
    seccomp.restrict(listen=True)


def restrict_script(work: Work, port: int) -> None:
    """Reads the Python installation, writes the output, connects to its engine's `port` alone.

    Of the inputs it sees the names in their folders.
    """
    writable = (Path(work.folder),) if work.folder else ()
    listed = {path: landlock.LIST for path in _inputs(work.inputs) if path.is_dir()}
    paths = _installation() | listed | dict.fromkeys(writable, landlock.WRITE)
    namespaces.drop_capabilities()
    _limit(work)
    process.no_new_privileges()
    landlock.restrict(paths=paths, connect=(port,))
    seccomp.restrict(connect=True)


def _limit(work: Work) -> None:
    process.limit_resources(
        file_mb=work.limits.output_mb, memory_mb=2 * work.limits.memory_mb + 4096
    )


def _installation() -> dict[Path, int]:
    folders = {*_SYSTEM_LIBRARIES, *filter(None, sys.path)}
    folders |= {sysconfig.get_path(name) for name in _INSTALLATION}
    return {Path(folder): landlock.READ for folder in folders}


def _inputs(read_paths: tuple[str, ...]) -> dict[Path, int]:
    """Files and folders to read; for a pattern its matches, and the names beside them."""
    allowed: dict[Path, int] = {}
    for path in read_paths:
        if not glob.has_magic(path) or Path(path).exists():
            allowed[Path(path)] = landlock.READ
            continue
        fixed = itertools.takewhile(lambda part: not glob.has_magic(part), Path(path).parts)
        folder = Path(*fixed)
        allowed[folder] = landlock.LIST
        pattern = str(Path(path).relative_to(folder))
        allowed |= dict.fromkeys(folder.glob(pattern), landlock.READ)
    return allowed
