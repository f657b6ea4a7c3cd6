"""`spark-interpreter connections`: databases that questions can be asked of, by name."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from spark_interpreter.model import Connection
    from spark_interpreter.sources.connections import ConnectionStore

_SECRET_WORDS = {"password": "Password", "key_pair": "Private key file", "oauth": "Access token"}
_PRODUCTS = {"postgres": "PostgreSQL", "snowflake": "Snowflake"}


@click.group("connections", short_help="Name databases to ask.")
def command() -> None:
    """Name databases to ask: `postgres:NAME/SCHEMA.TABLE`, `snowflake:NAME/DB.SCHEMA.TABLE`.

    Passwords, keys and tokens go into the operating system's keyring or an encrypted file.
    """


@command.command("list")
@options.output("table", "json")
def list_command(form: str) -> None:
    """List all connections; never their secrets."""
    found = _store().list()
    if form == "json":
        click.echo(json.dumps([each.model_dump(mode="json") for each in found]))
    elif found:
        _show(found)
    else:
        click.echo(
            "No connections yet. Add one with: spark-interpreter connections add-postgres --help",
            err=True,
        )


@command.command("add-postgres")
@click.argument("name")
@click.option("--host", required=True)
@click.option("--port", type=click.IntRange(1, 65535), default=5432, show_default=True)
@click.option("--database", required=True)
@click.option("--user", help="User with a password, or with --iam.")
@click.option("--secret-arn", metavar="ARN", help="A secret of AWS Secrets Manager instead.")
@click.option("--iam", is_flag=True, help="Log in with a token of the AWS identity (RDS, Aurora).")
@click.option("--region", help="AWS region of --iam, if not the usual one.")
@click.option(
    "--tls", default="prefer", show_default=True,
    type=click.Choice(["disable", "prefer", "require", "verify-ca", "verify-full"]),
)  # fmt: skip
@click.option("--ca-file", metavar="FILE", help="Certificates to trust instead of the system's.")
@click.option("--replace", is_flag=True, help="Change the connection if there is one.")
def add_postgres(name: str, replace: bool, **values: Any) -> None:
    """Add the PostgreSQL database NAME. A password is asked for, or read from standard input."""
    from spark_interpreter.model import PostgresConnection

    fields = {key: values[key] for key in ("host", "port", "database", "tls", "ca_file")}
    auth = _aws_login(values) or {"kind": "password", "user": _required(values, "user")}
    _add(PostgresConnection, {"name": name, **fields, "auth": auth}, replace=replace)


@command.command("add-snowflake")
@click.argument("name")
@click.option("--account", required=True, help='The identifier, such as "org-account".')
@click.option("--user")
@click.option("--warehouse")
@click.option("--database")
@click.option("--role")
@click.option("--key-file", metavar="FILE", help="Log in with this private key (PEM).")
@click.option("--oauth", is_flag=True, help="Log in with an OAuth access token.")
@click.option("--secret-arn", metavar="ARN", help="A secret of AWS Secrets Manager instead.")
@click.option("--replace", is_flag=True, help="Change the connection if there is one.")
def add_snowflake(
    name: str, replace: bool, key_file: str | None, oauth: bool, **values: Any
) -> None:
    """Add the Snowflake account NAME. A password or token is asked for, or read from stdin."""
    from pydantic import SecretStr

    from spark_interpreter.model import SnowflakeConnection

    fields = {key: values[key] for key in ("account", "warehouse", "database", "role")}
    secret = None
    if auth := _aws_login({**values, "iam": False}):
        pass
    elif key_file:
        auth = {"kind": "key_pair", "user": _required(values, "user")}
        secret = SecretStr(_read(key_file))
    elif oauth:
        auth = {"kind": "oauth", "user": values["user"] or ""}
    else:
        auth = {"kind": "password", "user": _required(values, "user")}
    _add(SnowflakeConnection, {"name": name, **fields, "auth": auth}, replace, secret)


@command.command("secret")
@click.argument("name")
def secret_command(name: str) -> None:
    """Give NAME another password, private key or token, asked for or read from standard input."""
    store = _store()
    secret = _ask(store.get(name))
    if secret is None:
        raise click.UsageError(f"{name} takes its secret from AWS.")
    store.put_secret(name, secret)
    click.echo(f"Kept in the {store.secrets.place}.", err=True)


@command.command("test")
@click.argument("name")
@options.output("table", "json")
def test_command(name: str, form: str) -> None:
    """Connect to NAME, log in and ask for the version.

    Exit codes: 0 it works, 2 there is no such connection, 5 it does not work, and why.
    """
    from spark_interpreter.sources import Sources

    sources = Sources(options.settings())
    kind = sources.connections.get(name).kind
    done = sources.postgres.test(name) if kind == "postgres" else sources.snowflake.test(name)
    if form == "json":
        click.echo(done.model_dump_json())
        return
    version = f"{_PRODUCTS[kind]} {done.version or ''}".rstrip()
    tls = done.tls or "not encrypted"
    click.echo(clean(f"{name} works: {version} as {done.user}, {tls}, {done.seconds:.2f} s"))


@command.command("remove")
@click.argument("name")
def remove_command(name: str) -> None:
    """Forget NAME and its secret."""
    _store().remove(name)
    click.echo(f"Connection {name} is removed.", err=True)


def _add(
    kind: "type[Connection]",
    fields: dict[str, Any],
    replace: bool,
    secret: "SecretStr | None" = None,
) -> None:
    from pydantic import ValidationError

    try:
        connection = kind.model_validate(fields)
    except ValidationError as exc:
        wrong = exc.errors()[0]
        place = ".".join(map(str, wrong["loc"]))
        raise click.UsageError(f"{place} cannot be used: {wrong['msg']}.") from exc
    store = _store()
    exists = any(each.name == connection.name for each in store.list())
    if exists and not replace:
        raise click.UsageError(f"There is a connection '{connection.name}' already (--replace).")
    secret = secret or _ask(connection)
    if exists:
        store.change(connection, secret)
    else:
        store.add(connection, secret)
    place = f"; its secret is kept in the {store.secrets.place}" if secret else ""
    done = "changed" if exists else "added"
    click.echo(f"Connection {connection.name} is {done}{place}.", err=True)


def _aws_login(values: dict[str, Any]) -> dict[str, Any] | None:
    if values["secret_arn"]:
        return {"kind": "secrets_manager", "arn": values["secret_arn"]}
    if values["iam"]:
        return {"kind": "iam", "user": _required(values, "user"), "region": values["region"]}
    return None


def _required(values: dict[str, Any], name: str) -> str:
    if not values[name]:
        raise click.UsageError(f"Missing option '--{name}'.")
    return str(values[name])


def _ask(connection: "Connection") -> "SecretStr | None":
    """The secret, typed unseen or on standard input; never an argument others could see."""
    from pydantic import SecretStr

    word = _SECRET_WORDS.get(connection.auth.kind)
    if word is None:
        return None
    if sys.stdin.isatty():
        text = click.prompt(word, hide_input=word != "Private key file", err=True)
        text = _read(text) if word == "Private key file" else text
    else:
        text = sys.stdin.read().removesuffix("\n")
    if not text:
        raise click.UsageError(f"{word} is empty.")
    return SecretStr(text)


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not text"
        raise click.UsageError(f"{path} cannot be read: {reason}.") from exc


def _store() -> "ConnectionStore":
    from spark_interpreter.sources.connections import ConnectionStore

    return ConnectionStore(options.settings())


def _show(connections: "Sequence[Connection]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from spark_interpreter.cli.terminal import stdout

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("name", "kind", "where", "login"):
        table.add_column(column)
    for each in connections:
        where = (
            f"{each.host}:{each.port}/{each.database}"
            if each.kind == "postgres"
            else "/".join(filter(None, (each.account, each.database)))
        )
        user = getattr(each.auth, "user", "") or getattr(each.auth, "arn", "")
        login = Text(clean(f"{user} ({each.auth.kind.replace('_', ' ')})"))
        table.add_row(each.name, each.kind, Text(clean(where)), login)
    stdout().print(table)
