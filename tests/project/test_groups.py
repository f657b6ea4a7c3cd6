"""Tests that share a costly server stay on one of pytest's workers."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one worker only")
@pytest.mark.xdist_group("together")
def test_groups_have_effect(request: pytest.FixtureRequest) -> None:
    """xdist knows a group by the end of its tests' names; pytest 9.2 drops it without a word."""
    assert request.node.nodeid.endswith("@together")
