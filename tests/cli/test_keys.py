"""API keys by command line."""

import json
from pathlib import Path

from spark_interpreter.stores.access import AccessStore
from tests.cli.conftest import Call


def test_keys_are_created_listed_and_revoked(call: Call, tmp_path: Path) -> None:
    folder = {"SPARK_INTERPRETER_DATA_DIR": str(tmp_path)}
    made = call("keys", "create", "kim", "--role", "viewer", "--note", "laptop", **folder)
    text = made.stdout.strip()
    assert made.returncode == 0
    store = AccessStore.of(tmp_path)
    key = store.find_key(text)
    assert key is not None
    assert (key.owner, key.role, key.note, key.expires) == ("kim", "viewer", "laptop", None)
    assert text not in made.stderr

    listed = call("keys", "list", "-o", "json", **folder)
    assert [entry["id"] for entry in json.loads(listed.stdout)] == [key.id]
    assert text.rpartition("_")[2] not in listed.stdout

    assert call("keys", "revoke", key.id, **folder).returncode == 0
    assert store.find_key(text) is None
    assert "revoked" in call("keys", "list", **folder).stdout
    store.close()


def test_a_key_can_expire(call: Call, tmp_path: Path) -> None:
    folder = {"SPARK_INTERPRETER_DATA_DIR": str(tmp_path)}
    call("keys", "create", "kim", "--days", "3", **folder)
    assert "valid until" in call("keys", "list", **folder).stdout


def test_wrong_usage_is_said_so(call: Call, tmp_path: Path) -> None:
    folder = {"SPARK_INTERPRETER_DATA_DIR": str(tmp_path)}
    unknown = call("keys", "revoke", "nobody", **folder)
    assert unknown.returncode == 2
    assert "keys list" in unknown.stderr
    assert call("keys", "create", " ", **folder).returncode == 2
    assert call("keys", "create", "kim", "--role", "king", **folder).returncode == 2
    assert "keys create" in call("keys", "list", **folder).stderr
