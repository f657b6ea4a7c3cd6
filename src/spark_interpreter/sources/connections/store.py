"""The connections a person or an operator has named."""

import json
from collections.abc import Mapping

from pydantic import Field, SecretStr, ValidationError

from spark_interpreter.errors import Conflict, SourceNotFound, StoreError, UsageError
from spark_interpreter.model import Connection, Model, PostgresConnection, SnowflakeConnection
from spark_interpreter.settings import Settings
from spark_interpreter.sources.connections.private_file import locked, read_private, write_private
from spark_interpreter.sources.connections.secrets import SecretStore

_RESERVED = frozenset(("connections", "glue"))
"""Addresses and allow-lists have these words where the names of connections stand."""

_ADD = (
    "Add it with `spark-interpreter connections add-postgres` or `add-snowflake` (over HTTP: "
    "POST /postgres/connections or /snowflake/connections), or name another."
)


class _Stored(Model):
    version: int = Field(default=1, ge=1, le=1)
    connections: tuple[Connection, ...] = ()


class ConnectionStore:
    """Connections in `connections.json` of the data folder; their secrets in the `SecretStore`.

    Nothing else can be reached: a source names a connection, never a host. Several processes
    may use it at once; each call sees what is stored now.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = settings.data_dir / "connections.json"
        self.secrets = SecretStore(settings)

    def list(self) -> tuple[Connection, ...]:
        """All connections, by name.

        Raises:
            StoreError: the file is damaged or cannot be read.
        """
        return tuple(sorted(self._read().values(), key=lambda c: c.name.lower()))

    def get(self, name: str) -> Connection:
        """The connection of this name.

        Raises:
            SourceNotFound: there is none.
            StoreError: the file is damaged or cannot be read.
        """
        return _named(self._read(), name)

    def postgres(self, name: str) -> PostgresConnection:
        """The PostgreSQL connection of this name.

        Raises:
            SourceNotFound: there is none, or it is of another kind.
        """
        connection = self.get(name)
        if not isinstance(connection, PostgresConnection):
            raise _other_kind(connection, "PostgreSQL")
        return connection

    def snowflake(self, name: str) -> SnowflakeConnection:
        """The Snowflake connection of this name.

        Raises:
            SourceNotFound: there is none, or it is of another kind.
        """
        connection = self.get(name)
        if not isinstance(connection, SnowflakeConnection):
            raise _other_kind(connection, "Snowflake")
        return connection

    def add(self, connection: Connection, secret: SecretStr | None = None) -> None:
        """Add a connection, with the password, private key or token it needs.

        Raises:
            UsageError: its name means something else in addresses and words.
            Conflict: its name is taken, in whatever case.
            StoreError: the files cannot be read or written.
        """
        if connection.name.lower() in _RESERVED:
            raise UsageError(
                f"A connection cannot be called '{connection.name}': the name is in use.",
                remedy="Choose another name.",
            )
        with locked(self._path):
            stored = self._read()
            if taken := _same(stored, connection.name):
                raise Conflict(
                    f"There is a connection '{taken}' already.",
                    remedy="Choose another name, or change that one.",
                )
            self.secrets.delete(connection.name)
            if secret is not None:
                self.secrets.put(connection.name, secret)
            self._write({**stored, connection.name: connection})

    def change(self, connection: Connection, secret: SecretStr | None = None) -> None:
        """Replace the connection of this name.

        Its stored secret is kept only while the connection leads to the same server and user
        with no less protection: else it could be sent to a place it was not given for.

        Raises:
            SourceNotFound: there is none.
            StoreError: the files cannot be read or written.
        """
        with locked(self._path):
            stored = self._read()
            before = _named(stored, connection.name)
            if secret is not None:
                self.secrets.put(connection.name, secret)
            elif _destination(before) != _destination(connection):
                self.secrets.delete(connection.name)
            self._write({**stored, connection.name: connection})

    def remove(self, name: str) -> None:
        """Remove a connection and its secret.

        Raises:
            SourceNotFound: there is none.
            StoreError: the files cannot be read or written.
        """
        with locked(self._path):
            stored = self._read()
            _named(stored, name)
            self.secrets.delete(name)
            self._write({n: c for n, c in stored.items() if n != name})

    def put_secret(self, name: str, secret: SecretStr) -> None:
        """Keep a connection's password, private key or token, in place of the one before.

        Raises:
            SourceNotFound: there is no such connection.
            StoreError: the files cannot be read or written.
        """
        with locked(self._path):
            _named(self._read(), name)
            self.secrets.put(name, secret)

    def _read(self) -> dict[str, Connection]:
        content = read_private(self._path)
        if content is None:
            return {}
        try:
            stored = _Stored.model_validate_json(content)
        except ValidationError as exc:
            raise StoreError(
                f"'{self._path}' is damaged: {_first_error(exc)}.",
                remedy="Repair it, or move it away and add the connections again.",
            ) from exc
        return {c.name: c for c in stored.connections}

    def _write(self, connections: Mapping[str, Connection]) -> None:
        stored = _Stored(connections=tuple(connections.values())).model_dump(mode="json")
        write_private(self._path, (json.dumps(stored, indent=2) + "\n").encode())


def _named(connections: Mapping[str, Connection], name: str) -> Connection:
    if name in connections:
        return connections[name]
    from rapidfuzz.process import extractOne

    near = extractOne(name, list(connections), score_cutoff=60)
    raise SourceNotFound(
        f"There is no connection '{name}'.",
        remedy=f"Did you mean '{near[0]}'?" if near else _ADD,
    )


def _same(connections: Mapping[str, Connection], name: str) -> str | None:
    """The name that is in use, ignoring case."""
    return next((n for n in connections if n.lower() == name.lower()), None)


def _destination(connection: Connection) -> tuple[object, ...]:
    """What a secret was given for: the server, the user, and how the way there is protected."""
    if isinstance(connection, PostgresConnection):
        place: tuple[object, ...] = (connection.port, connection.tls, connection.ca_file)
    else:
        place = (connection.account, connection.port, connection.tls)
    return (connection.kind, connection.host, connection.auth, *place)


def _other_kind(connection: Connection, wanted: str) -> SourceNotFound:
    return SourceNotFound(
        f"Connection '{connection.name}' is not a {wanted} connection.",
        remedy=f"Name a {wanted} connection.",
    )


def _first_error(exc: ValidationError) -> str:
    """Where it is wrong and how; never the value, which might be a misplaced secret."""
    error = exc.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(map(str, error["loc"]))
    if error["type"] == "json_invalid":
        return "it is not complete JSON"
    return f"{place}: {error['msg']}" if place else error["msg"]
