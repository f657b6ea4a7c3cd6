"""Tests that share a costly server stay on one of pytest's workers."""

import pytest


@pytest.mark.xdist_group("together")
def test_groups_have_effect(request: pytest.FixtureRequest) -> None:
    """xdist knows a group by the end of its tests' names; pytest 9.2 drops it without a word."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("workers are not asked to keep groups")
    assert request.node.nodeid.endswith("@together")
