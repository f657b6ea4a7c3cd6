"""The warm engine of the tests with models, for those of injected instructions too."""

from tests.models.conftest import asker

__all__ = ["asker"]
