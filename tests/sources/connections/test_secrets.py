"""Secrets are kept in the keyring or an encrypted file, and shown to nobody."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from pydantic import SecretStr

from spark_interpreter.errors import SettingsError, SourceDenied, StoreError
from spark_interpreter.model import PasswordAuth, PostgresConnection
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections import Credentials, SecretStore
from tests.servers.planted import PASSWORD

SECRET = SecretStr(PASSWORD)


class MemoryKeyring(KeyringBackend):
    """A keyring as the operating system's are, but gone after the test."""

    priority = 5

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked(f"locked: {self.entries}")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class NoKeyring(MemoryKeyring):
    """What a machine without a keyring has."""

    priority = 0


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    mine = MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def test_the_keyring_is_used_where_there_is_one(tmp_path: Path, ring: MemoryKeyring) -> None:
    store = SecretStore(Settings(data_dir=tmp_path, secret_store="auto"))
    assert store.place == "keyring"
    store.put("shop", SECRET)
    assert list(ring.entries.values()) == [SECRET.get_secret_value()]
    assert not list(tmp_path.iterdir())
    assert store.get("shop") == SECRET
    store.delete("shop")
    assert store.get("shop") is None
    assert not ring.entries


def test_data_folders_do_not_share_entries(tmp_path: Path, ring: MemoryKeyring) -> None:
    one, other = (
        SecretStore(Settings(data_dir=tmp_path / n, secret_store="keyring")) for n in "ab"
    )
    one.put("shop", SECRET)
    assert other.get("shop") is None


def test_a_secret_from_before_a_keyring_is_found_and_replaced(
    tmp_path: Path, ring: MemoryKeyring
) -> None:
    SecretStore(Settings(data_dir=tmp_path, secret_store="file")).put("shop", SECRET)
    store = SecretStore(Settings(data_dir=tmp_path, secret_store="keyring"))
    assert store.get("shop") == SECRET
    store.put("shop", SecretStr("new"))
    assert store.get("shop") == SecretStr("new")
    assert SecretStore(Settings(data_dir=tmp_path)).get("shop") is None


def test_a_locked_keyring_is_reported_without_what_it_said(
    tmp_path: Path, ring: MemoryKeyring
) -> None:
    store = SecretStore(Settings(data_dir=tmp_path, secret_store="keyring"))
    store.put("shop", SECRET)
    ring.locked = True
    with pytest.raises(StoreError, match="connection 'shop'") as failure:
        store.get("shop")
    assert SECRET.get_secret_value() not in f"{failure.value} {failure.value.detail}"
    assert failure.value.__cause__ is None


def test_a_keyring_that_is_wanted_and_missing(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        store = SecretStore(Settings(data_dir=tmp_path, secret_store="keyring"))
        with pytest.raises(SettingsError, match="keyring cannot be used"):
            store.get("shop")
        assert SecretStore(Settings(data_dir=tmp_path, secret_store="auto")).place == "file"
    finally:
        keyring.set_keyring(before)


def test_an_operators_key_needs_no_key_file(tmp_path: Path, ring: MemoryKeyring) -> None:
    settings = Settings(data_dir=tmp_path, secret_store="auto", secrets_key=SecretStr("long key"))
    store = SecretStore(settings)
    assert store.place == "file"
    store.put("shop", SECRET)
    assert not (tmp_path / "secrets.key").exists()
    assert SecretStore(settings).get("shop") == SECRET
    other = SecretStore(Settings(data_dir=tmp_path, secrets_key=SecretStr("another")))
    before = (tmp_path / "secrets.enc").read_bytes()
    with pytest.raises(StoreError, match=r"secrets.enc' cannot be opened with this key"):
        other.get("shop")
    with pytest.raises(StoreError, match=r"secrets.enc' cannot be opened with this key"):
        other.put("shop", SECRET)
    assert (tmp_path / "secrets.enc").read_bytes() == before


def test_a_lost_key_and_a_damaged_file_are_named(tmp_path: Path) -> None:
    store = SecretStore(Settings(data_dir=tmp_path))
    store.put("shop", SECRET)
    (tmp_path / "secrets.key").unlink()
    with pytest.raises(StoreError, match=r"secrets.key' is missing"):
        store.get("shop")
    (tmp_path / "secrets.enc").write_text("{")
    with pytest.raises(StoreError, match=r"secrets.enc' is damaged"):
        store.get("shop")


def test_settings_and_logins_do_not_show_secrets(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secrets_key=SECRET)
    store = SecretStore(settings)
    store.put("shop", SECRET)
    shop = PostgresConnection(
        name="shop", host="db.example", database="shop", auth=PasswordAuth(user="ann")
    )
    login = Credentials(store).login(shop)
    assert login.secret == SECRET
    for shown in (repr(settings), settings.model_dump_json(), repr(login), str(login), repr(store)):
        assert SECRET.get_secret_value() not in shown


def test_a_connection_without_its_secret_says_how_to_give_it(tmp_path: Path) -> None:
    shop = PostgresConnection(
        name="shop", host="db.example", database="shop", auth=PasswordAuth(user="ann")
    )
    with pytest.raises(SourceDenied, match="'shop' has no password"):
        Credentials(SecretStore(Settings(data_dir=tmp_path))).login(shop)
