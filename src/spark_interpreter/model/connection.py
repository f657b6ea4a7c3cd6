"""Named connections to databases: where they are and who asks; never a secret."""

from typing import Annotated, Literal

from pydantic import Field

from spark_interpreter.model.base import Model

ConnectionName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]
"""A connection's name: what scripts, allow-lists and the audit log call it."""


class PasswordAuth(Model):
    """A user and a password that the secret store keeps under the connection's name."""

    kind: Literal["password"] = "password"
    user: str = Field(min_length=1)


class SecretsManagerAuth(Model):
    """A secret of AWS Secrets Manager: JSON with `username` and `password` (or `private_key`)."""

    kind: Literal["secrets_manager"] = "secrets_manager"
    arn: str = Field(min_length=1)


class IamAuth(Model):
    """A short-lived token for an RDS or Aurora user, signed with the caller's AWS identity."""

    kind: Literal["iam"] = "iam"
    user: str = Field(min_length=1)
    region: str | None = Field(default=None, pattern=r"^[a-z]{2,}(-[a-z]+)+-\d{1,2}$")


class KeyPairAuth(Model):
    """A user and a private key (PEM) that the secret store keeps under the connection's name."""

    kind: Literal["key_pair"] = "key_pair"
    user: str = Field(min_length=1)


class OAuthAuth(Model):
    """An OAuth access token that the secret store keeps under the connection's name."""

    kind: Literal["oauth"] = "oauth"
    user: str = ""


TlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


class PostgresConnection(Model):
    """A PostgreSQL database.

    Attributes:
        tls: libpq's `sslmode`.
        ca_file: certificates that are trusted; the system's when None.
    """

    kind: Literal["postgres"] = "postgres"
    name: ConnectionName
    host: str = Field(min_length=1)
    port: int = Field(default=5432, ge=1, le=65535)
    database: str = Field(min_length=1)
    tls: TlsMode = "prefer"
    ca_file: str | None = None
    auth: Annotated[PasswordAuth | SecretsManagerAuth | IamAuth, Field(discriminator="kind")]


class SnowflakeConnection(Model):
    """A Snowflake account.

    Attributes:
        account: the account's identifier ("org-account").
        host: another address than the account's own; for gateways and tests.
        port: of that address.
        tls: False speaks plain HTTP; for an emulator on this machine.
    """

    kind: Literal["snowflake"] = "snowflake"
    name: ConnectionName
    account: str = Field(min_length=1)
    host: str | None = None
    port: int = Field(default=443, ge=1, le=65535)
    tls: bool = True
    warehouse: str | None = None
    database: str | None = None
    role: str | None = None
    auth: Annotated[
        PasswordAuth | SecretsManagerAuth | KeyPairAuth | OAuthAuth, Field(discriminator="kind")
    ]


Connection = Annotated[PostgresConnection | SnowflakeConnection, Field(discriminator="kind")]
