"""Thirty scripts of the question suite give the same answers wherever they run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.parity.compare import Row, differences
from tests.platforms.thirty import SCRIPTS, answer, is_ordered, script, write_data
from tests.questions.tables import all_tables
from tests.servers.spark import connect_settings

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("connect"),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("same") / "data")


@pytest.fixture(scope="module")
def expected(embedded: EmbeddedPlatform, data: Path) -> dict[str, list[Row]]:
    return {name: answer(embedded, name, data, data.parent / "local" / name) for name in SCRIPTS}


@pytest.fixture(scope="module", params=["local Spark", "two workers"])
def elsewhere(
    request: pytest.FixtureRequest, embedded: EmbeddedPlatform
) -> Iterator[ConnectPlatform]:
    if request.param == "local Spark":
        settings = connect_settings()
    else:
        cluster = request.getfixturevalue("spark_cluster")
        settings = connect_settings(cluster, **{"spark.executor.memory": "512m"})
    platform = ConnectPlatform(Settings(connect=settings), embedded)
    yield platform
    platform.close()


def test_there_are_thirty() -> None:
    assert len(set(SCRIPTS)) == 30
    assert len({table for table in all_tables() for s in SCRIPTS if s.startswith(table)}) >= 6


@pytest.mark.parametrize("name", SCRIPTS)
def test_same_answer(
    elsewhere: Platform,
    expected: dict[str, list[Row]],
    data: Path,
    tmp_path: Path,
    name: str,
) -> None:
    found = answer(elsewhere, name, data, tmp_path)
    assert not differences(expected[name], found, ordered=is_ordered(script(name)))
