"""Questions of Glue tables, from the words to the answer on this machine."""

import datetime as dt
from pathlib import Path

import pytest

from spark_interpreter import Interpreter
from spark_interpreter.model import GlueTable, Turn
from spark_interpreter.settings import Settings
from tests.sources.glue.conftest import LAZY, OPEN_CSV, Lake
from tests.sources.glue.test_formats import FORMATS, TABLE  # noqa: F401


def ask(settings: Settings, lake: Lake, question: str, table: str) -> Turn:
    with Interpreter(settings) as interpreter:
        return interpreter.ask(question, sources=[GlueTable(database=lake.database, table=table)])


def rows_of(turn: Turn) -> list[list[object]]:
    assert turn.state == "completed", turn.error or turn.needs_input
    assert turn.result is not None
    return [list(row) for row in turn.result.rows]
