"""Secrets in an encrypted file."""

import base64
import json
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from spark_interpreter.errors import SourceError, StoreError
from spark_interpreter.sources.connections.private_file import locked, read_private, write_private

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Vault:
    """`secrets.enc`: one Fernet token over all secrets, so that none can be put in another's place.

    The key is made by scrypt from the operator's passphrase and a salt in the file, or from a
    random one in `secrets.key` (0600) beside it.

    Args:
        folder: where the files are.
        passphrase: the operator's; None keeps a random one.
    """

    def __init__(self, folder: Path, passphrase: SecretStr | None) -> None:
        self._path = folder / "secrets.enc"
        self._key_path = folder / "secrets.key"
        self._passphrase = passphrase

    def get(self, name: str) -> SecretStr | None:
        """The secret; None if there is none.

        Raises:
            StoreError: the file is damaged, or the key is not the one it was written with.
        """
        text = self._read().get(name)
        return None if text is None else SecretStr(text)

    def put(self, name: str, secret: SecretStr) -> None:
        """Keep a secret, in place of the one before.

        Raises:
            StoreError: the file is damaged or cannot be written, or has another key.
        """
        with locked(self._path):
            self._write({**self._read(), name: secret.get_secret_value()})

    def delete(self, name: str) -> None:
        """Remove a secret, if there is one.

        Raises:
            StoreError: the file is damaged or cannot be written, or has another key.
        """
        if read_private(self._path) is None:
            return
        with locked(self._path):
            kept = self._read()
            if kept.pop(name, None) is not None:
                self._write(kept)

    def _read(self) -> dict[str, str]:
        content = read_private(self._path)
        if content is None:
            return {}
        try:
            stored = json.loads(content)
            salt, data = base64.b64decode(stored["salt"]), stored["data"].encode()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._damaged("is damaged") from None
        cipher = self._cipher(salt)
        from cryptography.fernet import InvalidToken

        try:
            names: dict[str, str] = json.loads(cipher.decrypt(data))
        except InvalidToken:
            raise self._damaged("cannot be opened with this key") from None
        return names

    def _write(self, names: Mapping[str, str]) -> None:
        salt = secrets.token_bytes(16)
        data = self._cipher(salt, make=True).encrypt(json.dumps(dict(names)).encode())
        stored = {"salt": base64.b64encode(salt).decode(), "data": data.decode()}
        write_private(self._path, json.dumps(stored).encode())

    def _cipher(self, salt: bytes, *, make: bool = False) -> "Fernet":
        return _cipher(self._key(make=make), salt)

    def _key(self, *, make: bool) -> str:
        if self._passphrase is not None:
            return self._passphrase.get_secret_value()
        kept = read_private(self._key_path)
        if kept is None and make:
            kept = secrets.token_urlsafe(32).encode()
            write_private(self._key_path, kept)
        if kept is None:
            raise self._damaged(f"cannot be opened: '{self._key_path}' is missing")
        return kept.decode()

    def _damaged(self, what: str) -> StoreError:
        return StoreError(
            f"'{self._path}' {what}.",
            remedy="Set SPARK_INTERPRETER_SECRETS_KEY to the key it was written with, or move the "
            "file away and give the connections their passwords again.",
        )


@lru_cache(maxsize=8)
def _cipher(key: str, salt: bytes) -> "Fernet":
    """The cipher of a passphrase; slow on purpose, against guessing."""
    try:
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ModuleNotFoundError as exc:
        raise SourceError(
            "Secrets of connections need the package 'cryptography'.",
            remedy="pip install 'spark-code-interpreter[postgres]'",
        ) from exc
    derived = Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
