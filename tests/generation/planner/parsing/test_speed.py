"""Planning stays quick on a wide table."""

import time
from datetime import date

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.planner import Planner
from tests.generation.planner.parsing.tables import wide

QUESTIONS = (
    "average net income per home city",
    "How many rows have a gross score above 100 and a new team of red?",
    "top 5 office cities by total monthly weight",
    "list the first score and the old size ordered by yearly fee in descending order",
)
GENEROUS_SECONDS = 0.5


def test_a_hundred_columns() -> None:
    profile = wide()
    planner = Planner()
    for question in QUESTIONS:
        request = GenerationRequest(question=question, profiles=(profile,), today=date(2025, 6, 1))
        planner.generate(request)
        start = time.perf_counter()
        planner.generate(request)
        assert time.perf_counter() - start < GENEROUS_SECONDS
