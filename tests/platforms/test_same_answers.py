"""Thirty scripts of the question suite give the same answers wherever they run."""

from collections.abc import Iterator

import pytest

from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.connect import ConnectPlatform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from tests.platforms.thirty import SCRIPTS, SameAnswers, data
from tests.questions.tables import all_tables
from tests.servers.spark import connect_settings

__all__ = ["data"]

pytestmark = [
    pytest.mark.clusters,
    pytest.mark.parity,
    pytest.mark.jars,
    pytest.mark.xdist_group("connect"),
    pytest.mark.timeout(600),
]


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


class TestSameAnswersConnect(SameAnswers):
    @pytest.fixture
    def platform(self, elsewhere: Platform) -> Platform:
        return elsewhere
