"""`spark-interpreter mcp`: the tools for any agent that speaks the Model Context Protocol."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.serve import serve_app, with_address
from spark_interpreter.errors import SettingsError

if TYPE_CHECKING:
    from spark_interpreter import Settings
    from spark_interpreter.agents.mcp.tools import Offer


@click.command("mcp", short_help="Be a tool of agents (MCP).")
@click.option(
    "--root", "roots", multiple=True, metavar="FOLDER",
    type=click.Path(exists=True, path_type=Path),
    help="A folder or file that may be read; may be repeated. Without it no local file is.",
)  # fmt: skip
@click.option(
    "--allow-scripts", is_flag=True,
    help="Let clients run PySpark scripts of their own, checked and sandboxed like ours.",
)  # fmt: skip
@click.option(
    "--steps",
    is_flag=True,
    help="Offer the steps of the workflow as tools as well: write a script, check it, choose a "
    "platform, run it there, read its logs.",
)
@click.option("--http", is_flag=True, help="Serve many clients over HTTP at the path /mcp.")
@click.option("--host", metavar="ADDRESS", help="With --http: address to listen on.  [127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N",
    help="With --http: port to listen on; 0 takes a free one.  [8000]",
)  # fmt: skip
def command(
    *,
    roots: tuple[Path, ...],
    allow_scripts: bool,
    steps: bool,
    http: bool,
    host: str | None,
    port: int | None,
) -> int:
    """Be a server of the Model Context Protocol: a tool of Claude, of an IDE, of any agent.

    Speaks over standard input and output to the client that started it, or over HTTP to many.
    Clients ask questions, look at data and read results; they change nothing.
    """
    if not http and (host is not None or port is not None):
        raise click.UsageError("--host and --port need --http.")
    settings = options.settings()
    _require_package()
    from spark_interpreter.agents.mcp.tools import Offer

    offer = Offer(scripts=allow_scripts, steps=steps)
    if http:
        return _serve_http(with_address(settings, host, port), roots, offer)
    from spark_interpreter.agents.mcp.stdio import serve_stdio

    serve_stdio(settings, roots, offer)
    return 0


def _serve_http(settings: "Settings", roots: tuple[Path, ...], offer: "Offer") -> int:
    from spark_interpreter.agents.mcp.http import PATH, create_mcp_app

    return serve_app(create_mcp_app(settings, roots, offer), settings, path=PATH)


def _require_package() -> None:
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise SettingsError(
            "The package mcp is not installed.",
            remedy="Install the extra: pip install 'spark-code-interpreter[mcp]'.",
        )
