"""Outside programs that are not there."""

import os

import pytest


def missing(reason: str) -> None:
    """Skip the test with the command that installs the program; fail it in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
