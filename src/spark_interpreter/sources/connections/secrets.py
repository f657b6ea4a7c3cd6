"""Where passwords, private keys and tokens of connections are kept."""

import hashlib
from functools import cached_property
from typing import Any

from pydantic import SecretStr

from spark_interpreter.errors import SettingsError, SourceError, StoreError
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections.vault import Vault

_SERVICE = "spark-interpreter"


class SecretStore:
    """One secret for a connection's name, in the operating system's keyring or an encrypted file.

    The keyring is used where there is one that works, unless `Settings.secret_store` says "file"
    or a key for the file is set. A secret is looked for in both, so that one which was put before
    the setting changed is found, and removed, all the same.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._vault = Vault(settings.data_dir, settings.secrets_key)

    @property
    def place(self) -> str:
        """Where new secrets go: "keyring" or "file"."""
        return "keyring" if self._keyring else "file"

    def put(self, name: str, secret: SecretStr) -> None:
        """Keep the secret, in place of the one before.

        Raises:
            StoreError: it cannot be kept.
        """
        if not self._keyring:
            self._vault.put(name, secret)
            return
        self._call("set_password", name, secret.get_secret_value())
        self._vault.delete(name)

    def get(self, name: str) -> SecretStr | None:
        """The secret; None if there is none.

        Raises:
            StoreError: it cannot be read.
        """
        if self._keyring and (text := self._call("get_password", name)) is not None:
            return SecretStr(text)
        return self._vault.get(name)

    def delete(self, name: str) -> None:
        """Remove the secret, if there is one.

        Raises:
            StoreError: it cannot be removed.
        """
        if self._keyring and self._call("get_password", name) is not None:
            self._call("delete_password", name)
        self._vault.delete(name)

    @cached_property
    def _keyring(self) -> Any | None:
        wish = self._settings.secret_store
        if wish == "file" or (wish == "auto" and self._settings.secrets_key is not None):
            return None
        try:
            import keyring
        except ModuleNotFoundError as exc:
            if wish == "auto":
                return None
            raise missing_extra("keyring") from exc
        backend = keyring.get_keyring()
        if backend.priority >= 1 and type(backend).__module__ != "keyring.backends.null":
            return backend
        if wish == "keyring":
            raise SettingsError(
                "The operating system's keyring cannot be used here.",
                remedy="Unlock or install one, or set SPARK_INTERPRETER_SECRET_STORE=file.",
            )
        return None

    def _call(self, method: str, name: str, *arguments: str) -> Any:
        from keyring.errors import KeyringError

        assert self._keyring is not None
        try:
            return getattr(self._keyring, method)(_SERVICE, self._entry(name), *arguments)
        except KeyringError as exc:
            raise StoreError(
                f"The keyring did not give access to the secret of connection '{name}'.",
                remedy="Unlock it, or set SPARK_INTERPRETER_SECRET_STORE=file.",
                detail=type(exc).__name__,
            ) from None

    def _entry(self, name: str) -> str:
        """The entry's name in the keyring, which all data folders of a user share."""
        folder = str(self._settings.data_dir.absolute())
        return f"{name}@{hashlib.sha256(folder.encode()).hexdigest()[:12]}"


def missing_extra(package: str, extra: str = "postgres") -> SourceError:
    """What to install where a package is missing."""
    return SourceError(
        f"Connections need the package '{package}'.",
        remedy=f"pip install 'spark-code-interpreter[{extra}]'",
    )
