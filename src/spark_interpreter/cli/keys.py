"""`spark-interpreter keys`: API keys of the service."""

import json
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spark_interpreter.model.access import Role
    from spark_interpreter.stores.access import AccessStore, ApiKey


@click.group("keys", short_help="Create and revoke API keys of the service.")
def command() -> None:
    """Create, list and revoke API keys of the service.

    A running service knows of every change at once.
    """


@command.command("create")
@click.argument("user")
@click.option(
    "--role", type=click.Choice(["viewer", "analyst", "admin"]), default="analyst",
    show_default=True, help="What the key may do: look, ask as well, or see everybody's sessions.",
)  # fmt: skip
@click.option("--note", default="", metavar="TEXT", help="What the key is for.")
@click.option(
    "--days", type=click.FloatRange(min=0, min_open=True), metavar="N",
    help="Let the key expire after so many days.",
)  # fmt: skip
def create_command(user: str, role: "Role", note: str, days: float | None) -> None:
    """Make a key for USER, whose sessions it opens, and print it; it is shown only now."""
    user = user.strip()
    if not user or not user.isprintable():
        raise click.UsageError("USER is empty or has characters that cannot be printed.")
    key, text = _store().create_key(user, role, note=note, days=days)
    click.echo(text)
    click.echo(f"Key {key.id} of {user} ({role}). It cannot be shown again.", err=True)


@command.command("list")
@options.output("table", "json")
def list_command(form: str) -> None:
    """List all keys, revoked ones too; never the keys themselves."""
    keys = _store().list_keys()
    if form == "json":
        click.echo(json.dumps([key.model_dump(mode="json") for key in keys]))
    elif keys:
        _show(keys)
    else:
        click.echo("No keys yet. Make one with: spark-interpreter keys create USER", err=True)


@command.command("revoke")
@click.argument("key")
def revoke_command(key: str) -> None:
    """Make KEY (its id) invalid from now on."""
    revoked = _store().revoke_key(key)
    click.echo(f"Key {revoked.id} of {revoked.owner} is revoked.", err=True)


def _store() -> "AccessStore":
    from spark_interpreter.stores.access import AccessStore

    return AccessStore.of(options.settings().data_dir)


def _show(keys: "Sequence[ApiKey]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from spark_interpreter.cli.terminal import stdout

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("key", "user", "role", "created", "state", "note"):
        table.add_column(column)
    for key in keys:
        table.add_row(
            key.id, Text(clean(key.owner)), key.role, f"{key.created:%Y-%m-%d}", _state(key),
            Text(clean(key.note)),
        )  # fmt: skip
    stdout().print(table)


def _state(key: "ApiKey") -> str:
    if key.revoked:
        return f"revoked {key.revoked:%Y-%m-%d}"
    if key.expires is None:
        return "valid"
    return f"{'valid until' if key.valid else 'expired'} {key.expires:%Y-%m-%d}"
