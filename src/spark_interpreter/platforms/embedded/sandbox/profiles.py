"""What the engine and the script of a run are allowed."""

from pathlib import Path

from spark_interpreter.platforms.embedded.protocol import Work
from spark_interpreter.platforms.embedded.sandbox import process


def enter_namespaces() -> None:
    """Namespaces of its own for what this process forks from now on."""


def restrict_engine(work: Work, temp: Path) -> None:
    """Reads the job's inputs, writes its output and `temp`, listens, connects nowhere."""
    process.limit_resources(file_mb=work.limits.output_mb, memory_mb=64 * 1024)


def restrict_script(work: Work, port: int) -> None:
    """Reads the Python installation, connects to its engine's `port` and nothing else."""
    process.limit_resources(file_mb=work.limits.output_mb, memory_mb=64 * 1024)
