"""API keys and usage."""

import threading
from pathlib import Path

import pytest

from spark_interpreter.errors import NotFound, StoreError
from spark_interpreter.stores.access import AccessStore


def test_the_text_of_a_key_is_kept_nowhere(tmp_path: Path) -> None:
    store = AccessStore.of(tmp_path)
    key, text = store.create_key("kim", "analyst", note="laptop")
    assert store.find_key(text) == key
    store.close()
    secret = text.removeprefix(f"sci_{key.id}_")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(secret) >= 43
    assert secret.encode() not in kept
    assert (tmp_path / "access.db").stat().st_mode & 0o077 == 0


def test_keys_are_listed_revoked_and_kept(tmp_path: Path) -> None:
    store = AccessStore.of(tmp_path)
    first, text = store.create_key("kim", "analyst")
    second, _ = store.create_key("ann", "admin", days=1)
    revoked = store.revoke_key(first.id)
    assert store.revoke_key(first.id).revoked == revoked.revoked
    assert [(k.id, k.valid) for k in store.list_keys()] == [(first.id, False), (second.id, True)]
    assert store.find_key(text) is None
    with pytest.raises(NotFound):
        store.revoke_key("nobody")
    store.close()


def test_usage_is_counted_by_user_and_day(tmp_path: Path) -> None:
    store = AccessStore.of(tmp_path)
    assert store.add_usage("kim", upload_bytes=60, most=100)
    assert not store.add_usage("kim", upload_bytes=60, most=100)
    assert store.add_usage("kim", upload_bytes=40, model_cost=0.5, most=100)
    assert store.usage("kim").upload_bytes == 100
    assert store.usage("kim").model_cost == 0.5
    assert store.usage("ann").upload_bytes == 0
    store.forget_usage(days=-1)
    assert store.usage("kim").upload_bytes == 0
    store.close()


def test_a_quota_holds_for_uploads_at_once(tmp_path: Path) -> None:
    stores = [AccessStore.of(tmp_path) for _ in range(4)]
    counted: list[bool] = []

    def use(store: AccessStore) -> None:
        counted.extend(store.add_usage("kim", upload_bytes=10, most=100) for _ in range(10))

    threads = [threading.Thread(target=use, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.count(True) == 10
    for store in stores:
        store.close()


def test_a_file_that_is_no_store_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "access.db").write_text("not a database, but long enough to be read as one")
    with pytest.raises(StoreError, match=r"access\.db cannot be opened"):
        AccessStore.of(tmp_path)
