"""The same question gives the same answer in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.questions.related import write_related

QUESTIONS = (
    "revenue by product category",
    "customers without orders",
    "customers with fewer than 3 orders",
    "total shipping fee and total payment amount per customer",
    "names of the products in alphabetical oder",
    "averge list prise of prodcts",
    "second most popular product",
)
PLAN = """
import sys
from datetime import date
from pathlib import Path
from spark_interpreter import Settings
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import Planner
from spark_interpreter.model import FileSource
from spark_interpreter.sources import Sources

folder, *questions = sys.argv[1:]
sources = Sources(Settings())
files = [FileSource(uri=str(file)) for file in sorted(Path(folder).iterdir())]
profiles = sources.profile(files)
for question in questions:
    request = GenerationRequest(
        question=question,
        profiles=profiles,
        today=date(2026, 1, 1),
        find_values=sources.find_values,
    )
    print(Planner().generate(request).model_dump_json())
"""


def drafts(folder: Path, seed: int) -> list[str]:
    """What a fresh process plans, whose sets are in the order of this seed."""
    done = subprocess.run(
        [sys.executable, "-c", PLAN, str(folder), *QUESTIONS],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.splitlines()


def test_plans_do_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    write_related(tmp_path)
    folder = tmp_path / "shop"
    one, *others = (drafts(folder, seed) for seed in (1, 2, 3))
    assert len(one) == len(QUESTIONS)
    for other in others:
        assert other == one
