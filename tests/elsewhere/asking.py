"""Questions of the shop, wherever it is."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from spark_interpreter import Answer, Interpreter
from spark_interpreter.model import Source
from tests.elsewhere.layouts import Place
from tests.servers.postgres import PostgresServer

FOLDER = Path(__file__).parent
Case = dict[str, Any]
PLACES = ("local", "s3", "glue", "postgres", "snowflake")
_IN_S3 = ("s3-csv", "s3-parquet", "s3-hive")


@dataclass
class Everywhere:
    """The shop in all places, and what was answered so far: nothing is asked twice."""

    interpreter: Interpreter
    places: dict[str, Place]
    bucket: str
    postgres: PostgresServer
    _answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)

    def ask(self, case: Case, place: str) -> Answer:
        """The answer to a question of tables that are all in one place."""
        if place == "s3":
            place = _IN_S3[cases("questions.toml").index(case) % len(_IN_S3)]
        return self._ask(case, place, [self.places[place][table] for table in case["tables"]])

    def ask_across(self, case: Case) -> Answer:
        """The answer to a question whose tables are named with their places."""
        return self._ask(case, "across", [self.source(name) for name in case["tables"]])

    def source(self, name: str) -> Source:
        """`orders@postgres`."""
        table, _, place = name.partition("@")
        return self.places[place][table]

    def _ask(self, case: Case, place: str, sources: list[Source]) -> Answer:
        key = (case["id"], place)
        if key not in self._answers:
            self._answers[key] = self.interpreter.ask(case["question"], sources)
        return self._answers[key]


@cache
def cases(file: str) -> tuple[Case, ...]:
    """The questions of a file."""
    return tuple(tomllib.loads((FOLDER / file).read_text("utf-8"))["case"])
