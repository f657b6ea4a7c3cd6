"""Connections are kept as they were given, and their secrets apart from them."""

import json
import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from spark_interpreter.errors import Conflict, SourceNotFound, StoreError
from spark_interpreter.model import PasswordAuth, PostgresConnection, SnowflakeConnection
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import ConnectionStore
from tests.servers.planted import PASSWORD

SECRET = SecretStr(PASSWORD)
SHOP = PostgresConnection(
    name="shop", host="db.example", database="shop", auth=PasswordAuth(user="ann")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> ConnectionStore:
    return ConnectionStore(Settings(data_dir=folder))


def test_what_is_added_is_found_by_another_process(folder: Path, store: ConnectionStore) -> None:
    store.add(SHOP, SECRET)
    other = ConnectionStore(Settings(data_dir=folder))
    assert other.get("shop") == SHOP
    assert other.list() == (SHOP,)
    assert other.secrets.get("shop") == SECRET


def test_no_file_holds_the_secret_and_none_is_for_others(
    folder: Path, store: ConnectionStore
) -> None:
    store.add(SHOP, SECRET)
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert {p.name for p in files} >= {"connections.json", "secrets.enc", "secrets.key"}
    for path in files:
        assert SECRET.get_secret_value().encode() not in path.read_bytes(), path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize("name", ["shop", "Shop", "SHOP"])
def test_names_are_unique_ignoring_case(store: ConnectionStore, name: str) -> None:
    store.add(SHOP, SECRET)
    with pytest.raises(Conflict, match="There is a connection 'shop' already"):
        store.add(SHOP.model_copy(update={"name": name}), SecretStr("other"))
    assert store.secrets.get("shop") == SECRET


def test_an_unknown_name_gets_the_nearest(store: ConnectionStore) -> None:
    store.add(SHOP)
    with pytest.raises(SourceNotFound, match=r"no connection 'shpo'\. Did you mean 'shop'"):
        store.get("shpo")
    with pytest.raises(SourceNotFound):
        store.change(SHOP.model_copy(update={"name": "other"}))
    with pytest.raises(SourceNotFound):
        store.put_secret("other", SECRET)


def test_each_kind_is_asked_for_by_its_name(store: ConnectionStore) -> None:
    lake = SnowflakeConnection(name="lake", account="a-b", auth=PasswordAuth(user="ann"))
    store.add(SHOP)
    store.add(lake)
    assert store.postgres("shop") == SHOP
    assert store.snowflake("lake") == lake
    with pytest.raises(SourceNotFound, match="'lake' is not a PostgreSQL connection"):
        store.postgres("lake")
    with pytest.raises(SourceNotFound, match="'shop' is not a Snowflake connection"):
        store.snowflake("shop")


def test_removing_a_connection_removes_its_secret(store: ConnectionStore) -> None:
    store.add(SHOP, SECRET)
    store.remove("shop")
    assert store.list() == ()
    assert store.secrets.get("shop") is None
    with pytest.raises(SourceNotFound):
        store.remove("shop")


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"database": "other"}, True),
        ({"host": "elsewhere.example"}, False),
        ({"port": 6543}, False),
        ({"tls": "disable"}, False),
        ({"auth": PasswordAuth(user="bob")}, False),
    ],
)
def test_a_secret_does_not_follow_a_connection_to_another_place(
    store: ConnectionStore, change: dict[str, object], kept: bool
) -> None:
    store.add(SHOP, SECRET)
    store.change(SHOP.model_copy(update=change))
    assert store.secrets.get("shop") == (SECRET if kept else None)


def test_a_changed_connection_may_bring_its_secret(store: ConnectionStore) -> None:
    store.add(SHOP, SECRET)
    new = SecretStr("new")
    store.change(SHOP.model_copy(update={"host": "elsewhere.example"}), new)
    assert store.get("shop").host == "elsewhere.example"
    assert store.secrets.get("shop") == new


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"version": 2}', '{"connections": [{"kind": "postgres", "x": "pw"}]}']
)
def test_a_damaged_file_is_named_and_left_as_it_is(
    folder: Path, store: ConnectionStore, content: str
) -> None:
    folder.mkdir()
    path = folder / "connections.json"
    path.write_text(content)
    for act in (store.list, lambda: store.get("shop"), lambda: store.add(SHOP, SECRET)):
        with pytest.raises(StoreError, match=r"connections.json' is damaged") as failure:
            act()
        assert "pw" not in str(failure.value)
    assert path.read_text() == content


def test_a_file_without_permission_is_named(folder: Path, store: ConnectionStore) -> None:
    (folder / "connections.json").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"connections.json' cannot be used"):
        store.list()


def test_nothing_is_lost_when_many_add_at_once(folder: Path) -> None:
    def add(number: int) -> None:
        own = ConnectionStore(Settings(data_dir=folder))
        own.add(SHOP.model_copy(update={"name": f"shop{number}"}), SecretStr(f"secret{number}"))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = ConnectionStore(Settings(data_dir=folder))
    assert {c.name for c in store.list()} == {f"shop{n}" for n in range(8)}
    for n in range(8):
        assert store.secrets.get(f"shop{n}") == SecretStr(f"secret{n}")
    assert len(json.loads((folder / "connections.json").read_text())["connections"]) == 8
