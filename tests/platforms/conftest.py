from collections.abc import Iterator

import pytest

from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedPlatform]:
    with EmbeddedPlatform(Settings()) as platform:
        platform.warm()
        yield platform
