"""The containers of the runtimes are made of what is in the tree."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "deploy/agentcore").glob("*.Dockerfile"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_container_is_for_arm_and_starts_its_agent(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search(r"^FROM --platform=linux/arm64 ", text, re.MULTILINE)
    copied = re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
    for lock in re.findall(r"-r (\S+)", text):
        assert "--hash=sha256:" in (ROOT / lock).read_text("utf-8")
    assert text.count("--require-hashes") == 2
    assert re.search(r"^USER agent$", text, re.MULTILINE)
    command = re.search(r'^CMD \["python", "-m", "([\w.]+)"\]$', text, re.MULTILINE)
    assert command
    spec = importlib.util.find_spec(command[1])
    assert spec is not None
    assert spec.origin is not None
    assert f'NAME = "{path.stem}"' in Path(spec.origin).read_text("utf-8")


def test_both_agents_have_one() -> None:
    names = [path.stem for path in FILES]
    assert names == ["code_generation_agent", "spark_supervisor_agent"]
