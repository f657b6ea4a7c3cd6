"""The embedded platform does what every platform must."""

import pytest

from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from tests.platforms.conformance import PlatformConformance


class TestEmbedded(PlatformConformance):
    @pytest.fixture
    def platform(self, embedded: EmbeddedPlatform) -> Platform:
        return embedded
