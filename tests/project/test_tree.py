"""What may not stand in the tree, and what the locks must hold."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements/*.txt"))
ADDRESSES = re.compile(r"(pypi|pythonhosted|npmjs|maven|deb\.debian|ubuntu)[.](org|com)")
THIS_MACHINE = re.compile(r"/work[/](main|shared)\b|/tmp[/]boot\b")
NAME = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)


@cache
def texts() -> dict[str, str]:
    """Every tracked text file."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b"\0"
        if b"\0" not in data:
            found[name] = data.decode("utf-8", "replace")
    return found


def test_no_registry_is_addressed() -> None:
    assert [name for name, text in texts().items() if ADDRESSES.search(text)] == []


def test_no_path_of_a_developers_machine() -> None:
    found = [name for name, text in texts().items() if THIS_MACHINE.search(text)]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_have_hashes_and_nothing_but_packages(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    packages = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert packages
    for package in packages:
        assert NAME.match(package), package
        assert "--hash=sha256:" in package


@pytest.mark.parametrize(
    ("lock", "extras"), [("run.txt", ("service",)), ("dev.txt", ("dev", "service", "telemetry"))]
)
def test_locks_hold_what_the_project_declares(lock: str, extras: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    names = {re.split(r"[^\w-]", line)[0] for line in wanted}
    assert names <= set(NAME.findall((ROOT / "requirements" / lock).read_text("utf-8")))


def test_the_locks_agree() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text("utf-8")
        return set(re.findall(r"^\S+==\S+", text, re.MULTILINE))

    assert versions("run.txt") <= versions("dev.txt")
