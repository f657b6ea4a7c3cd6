"""The shell scripts around the project."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def call(
    script: str, *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script with only the programs of `folder`, if given, before the system's own."""
    path = f"{folder}:/usr/bin:/bin" if folder else os.environ["PATH"]
    environment = {"PATH": path, "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def fake_java(folder: Path, version: str) -> None:
    java = folder / "java"
    java.write_text(f"""#!/bin/sh\necho 'openjdk version "{version}" 2024-01-01' >&2\n""")
    java.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "major"), [("17.0.15", "17"), ("21", "21"), ("1.8.0_402", "8"), ("11.0.2", "11")]
)
def test_java_for_spark(tmp_path: Path, version: str, major: str) -> None:
    fake_java(tmp_path, version)
    assert call("java", folder=tmp_path).stdout == f"{major}\n"


def test_java_too_new_for_spark(tmp_path: Path) -> None:
    fake_java(tmp_path, "25.0.1")
    done = call("java", folder=tmp_path)
    assert done.returncode == 1
    assert "does not run on Java 25" in done.stderr
    assert "apt-get install" in done.stderr


def test_setup_without_an_environment_says_how_it_is_used() -> None:
    done = call("setup")
    assert done.returncode == 1
    assert done.stderr == "usage: scripts/setup run|dev|spark|tools\n"
