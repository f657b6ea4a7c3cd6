"""An event stream is open no longer than its caller may look."""

from pathlib import Path

import pytest

from spark_interpreter.stores.access import AccessStore
from tests.api.server import Events, running, until_finished

pytestmark = pytest.mark.xdist_group("service")


def test_a_revoked_key_ends_its_streams(tmp_path: Path, slow_script: str) -> None:
    store = AccessStore.of(tmp_path / "data")
    revoked, watching = store.create_key("ann", "viewer")
    _, asking = store.create_key("ann", "analyst")
    with (
        running(
            tmp_path,
            service__heartbeat_seconds=0.2,
            service__access__authentication="required",
        ) as server,
        server.client(Authorization=f"Bearer {asking}") as asker,
        server.client(Authorization=f"Bearer {watching}") as watcher,
    ):
        turn = asker.post("/spark/execute", json={"spark_code": slow_script}).json()
        with watcher.stream("GET", turn["links"]["events"]) as response:
            seen = iter(Events(response))
            next(seen)
            store.revoke_key(revoked.id)
            list(seen)
        assert not asker.get(turn["links"]["self"]).json()["finished"]
        asker.post(turn["links"]["cancel"])
        assert until_finished(asker, turn)["state"] == "cancelled"
    store.close()
