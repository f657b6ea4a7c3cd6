"""What a connection logs in with, wherever it is kept."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import SecretStr

from spark_interpreter.aws import AwsClients, aws_errors
from spark_interpreter.errors import SourceDenied
from spark_interpreter.model import (
    Connection,
    IamAuth,
    KeyPairAuth,
    OAuthAuth,
    PasswordAuth,
    PostgresConnection,
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

    def __init__(self, secrets: SecretStore, aws: AwsClients | None = None) -> None:
        self._secrets = secrets
        self._aws = aws or AwsClients()
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
        if isinstance(auth, SecretsManagerAuth):
            login = _from_secrets_manager(self._aws, connection, auth.arn)
        else:
            assert isinstance(connection, PostgresConnection)
            login = _rds_token(self._aws, connection, auth)
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


def _from_secrets_manager(aws: AwsClients, connection: Connection, arn: str) -> Login:
    region = arn.split(":")[3] if arn.count(":") >= 6 else None
    with aws_errors(f"The secret of connection '{connection.name}'"):
        answer = aws.get("secretsmanager", region=region).get_secret_value(SecretId=arn)
    fields = _fields(answer)
    user, password = fields.get("username"), fields.get("password")
    key, phrase = fields.get("private_key"), fields.get("private_key_passphrase")
    if isinstance(user, str) and isinstance(key, str):
        passphrase = SecretStr(phrase) if isinstance(phrase, str) else None
        return Login(user=user, kind="key_pair", secret=SecretStr(key), passphrase=passphrase)
    if isinstance(user, str) and isinstance(password, str):
        return Login(user=user, kind="password", secret=SecretStr(password))
    raise SourceDenied(
        f"The secret of connection '{connection.name}' is not JSON with username and password.",
        remedy=f"Write it so in Secrets Manager: {arn}",
    )


def _fields(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        fields = json.loads(answer.get("SecretString") or "null")
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _rds_token(aws: AwsClients, connection: PostgresConnection, auth: IamAuth) -> Login:
    """A token is signed here, without a call to AWS; it is good for 15 minutes."""
    with aws_errors(f"A token for connection '{connection.name}'"):
        token = aws.get("rds", region=auth.region).generate_db_auth_token(
            DBHostname=connection.host, Port=connection.port, DBUsername=auth.user
        )
    return Login(user=auth.user, kind="token", secret=SecretStr(token))
