"""What a connection logs in with, wherever it is kept."""

import time
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from spark_interpreter.errors import SourceDenied
from spark_interpreter.model import (
    Connection,
    IamAuth,
    KeyPairAuth,
    OAuthAuth,
    PasswordAuth,
    SecretsManagerAuth,
)
from spark_interpreter.sources.connections.secrets import SecretStore

_KEEP_SECONDS = 300.0
"""How long a secret of Secrets Manager is used without asking again; RDS tokens live 900."""

SecretKind = Literal["password", "key_pair", "oauth", "token"]
_WORDS = {"password": "password", "key_pair": "private key", "oauth": "token"}


@dataclass(frozen=True)
class Login:
    """A user and the secret that proves it.

    Attributes:
        kind: what the secret is: a password, a private key (PEM), an OAuth access token, or a
            short-lived database token.
        secret: shows itself to nobody who does not ask for its value.
        passphrase: of an encrypted private key.
    """

    user: str
    kind: SecretKind
    secret: SecretStr
    passphrase: SecretStr | None = None


class Credentials:
    """Finds the logins of connections; safe to share between threads.

    Logins that AWS gives are kept for five minutes in this process' memory.
    """

    def __init__(self, secrets: SecretStore) -> None:
        self._secrets = secrets
        self._kept: dict[Connection, tuple[float, Login]] = {}

    def login(self, connection: Connection) -> Login:
        """The login to use.

        Raises:
            SourceDenied: there is none, or AWS does not give it.
            SourceUnavailable: AWS cannot be reached.
        """
        auth = connection.auth
        if isinstance(auth, PasswordAuth | KeyPairAuth | OAuthAuth):
            return self._stored(connection.name, auth)
        kept = self._kept.get(connection)
        if kept and time.monotonic() - kept[0] < _KEEP_SECONDS:
            return kept[1]
        login = _from_aws(connection, auth)
        self._kept[connection] = (time.monotonic(), login)
        return login

    def newer(self, connection: Connection, refused: Login) -> Login | None:
        """Another login after the server refused one; None if there is no other.

        A secret may have been rotated, a token may have expired.
        """
        self._kept.pop(connection, None)
        login = self.login(connection)
        return None if login == refused else login

    def _stored(self, name: str, auth: PasswordAuth | KeyPairAuth | OAuthAuth) -> Login:
        secret = self._secrets.get(name)
        if secret is None:
            raise SourceDenied(
                f"Connection '{name}' has no {_WORDS[auth.kind]}.",
                remedy=f"Give it one: spark-interpreter connections secret {name}",
            )
        return Login(user=auth.user, kind=auth.kind, secret=secret)


def _from_aws(connection: Connection, auth: SecretsManagerAuth | IamAuth) -> Login:
    raise SourceDenied(
        f"Connection '{connection.name}' logs in by {auth.kind}, which cannot be used yet.",
        remedy="Use a user and a password.",
    )
