"""Shared links: signed, expiring, read-only."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from spark_interpreter.api.access.caller import Caller, Permission
from spark_interpreter.errors import Forbidden, StoreError
from spark_interpreter.model import now
from spark_interpreter.model.base import Model
from spark_interpreter.stores.access import AccessStore

_ALGORITHM = "HS256"
_AUDIENCE = "spark-interpreter/shared"


class SharedLink(Model):
    """What a link shows, and whose it is."""

    session_id: str
    owner: str
    expires: datetime


class SharedLinks:
    """Signs links to sessions and checks them again whenever one is opened.

    Args:
        file: keeps the secret; made when the first link is signed.
        most_hours: how long a link works at most.
    """

    def __init__(self, file: Path, store: AccessStore, most_hours: float) -> None:
        self._file = file
        self._store = store
        self._most = timedelta(hours=most_hours)

    def sign(self, caller: Caller, owner: str, session_id: str, hours: float | None = None) -> str:
        """The token of a link to a session that the caller shares."""
        asked = self._most if hours is None else timedelta(hours=hours)
        claims = {
            "aud": _AUDIENCE,
            "sub": owner,
            "session": session_id,
            "key": caller.credential,
            "exp": now() + min(asked, self._most),
        }
        return jwt.encode(claims, self._secret(), _ALGORITHM)

    def open(self, token: str) -> SharedLink:
        """What the link shows.

        Raises:
            Forbidden: it was not signed here, its time is over, or the key of the person who
                shared it is not valid any more.
        """
        try:
            claims = jwt.decode(
                token, self._secret(), [_ALGORITHM], audience=_AUDIENCE,
                options={"require": ["exp", "sub", "session", "key"]},
            )  # fmt: skip
        except jwt.PyJWTError as exc:
            raise _forbidden() from exc
        if claims["key"] and not self._still_shares(claims["key"]):
            raise _forbidden()
        return SharedLink(
            session_id=claims["session"],
            owner=claims["sub"],
            expires=datetime.fromtimestamp(claims["exp"], tz=now().tzinfo),
        )

    def _still_shares(self, key_id: str) -> bool:
        return any(
            key.id == key_id
            and key.valid
            and Caller(key.owner, key.role, "key").may(Permission.ASK)
            for key in self._store.list_keys()
        )

    def _secret(self) -> str:
        try:
            return self._file.read_text("ascii")
        except FileNotFoundError:
            return self._made()
        except OSError as exc:
            raise StoreError(f"{self._file} cannot be read: {exc}.") from exc

    def _made(self) -> str:
        """A secret of 256 bits, the same for all processes that make it at once."""
        scratch = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
            try:
                self._file.hardlink_to(scratch)
            except FileExistsError:
                pass
            finally:
                scratch.unlink()
            return self._file.read_text("ascii")
        except OSError as exc:
            raise StoreError(f"{self._file} cannot be written: {exc}.") from exc


def _forbidden() -> Forbidden:
    return Forbidden(
        "This link does not work, or not any more.", remedy="Ask its sender for another."
    )
