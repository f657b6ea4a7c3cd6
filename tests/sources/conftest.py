"""A real engine to run assembled scripts on, and sources with a cache of their own."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from spark_interpreter.model import DataIssue, FileSource, TableProfile
from spark_interpreter.script import assemble
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources

Rows = list[tuple[Any, ...]]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(Settings(cache_dir=tmp_path / "cache"))


class Answered:
    """A profiled source and the rows its script gave."""

    def __init__(self, profile: TableProfile, rows: Rows, script: str) -> None:
        self.profile = profile
        self.rows = rows
        self.script = script

    @property
    def types(self) -> dict[str, str]:
        return {c.name: c.type for c in self.profile.columns}

    def issue(self, kind: str, column: str | None = None) -> DataIssue:
        for issue in self.profile.issues:
            if issue.kind == kind and (column is None or issue.column == column):
                return issue
        raise AssertionError(f"no {kind} in {[i.kind for i in self.profile.issues]}")

    @property
    def issues(self) -> set[str]:
        return {issue.kind for issue in self.profile.issues}


Read = Callable[..., Answered]


@pytest.fixture
def read(engine: None, sources: Sources, tmp_path: Path) -> Read:
    """Profile a source, assemble a script that passes its rows through, and run it."""

    def read_source(path: Path | str, **options: Any) -> Answered:
        (profile,) = sources.profile([FileSource(uri=str(path), **options)])
        script, rows = run(profile, tmp_path / "output.parquet")
        return Answered(profile, rows, script)

    return read_source


def run(profile: TableProfile, output: Path, analysis: str | None = None) -> tuple[str, Rows]:
    script = assemble(
        analysis or f"result = {profile.name}",
        [profile],
        title="All rows",
        question="show everything",
        assumptions=[],
        output=str(output),
        app_name="test",
    )
    exec(compile(script.local_text, "script.py", "exec"), {})
    return script.text, rows_of(output)


def rows_of(folder: Path) -> Rows:
    files: Sequence[Path] = sorted(folder.glob("*.parquet"))
    tables = [pq.read_table(f) for f in files]
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]
