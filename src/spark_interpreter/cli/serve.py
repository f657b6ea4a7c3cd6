"""`spark-interpreter serve`: the HTTP service."""

import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options

if TYPE_CHECKING:
    from fastapi import FastAPI

    from spark_interpreter import Settings

_IDLE_SECONDS = 75
"""Idle connections are kept longer than by clients (5 s in httpx) and load balancers (60 s in AWS):
who closes first must be who asks next, or a request meets a connection that is being closed."""


@click.command("serve", short_help="Answer questions over HTTP.")
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N",
    help="Port to listen on; 0 takes a free one.  [default: 8000]",
)  # fmt: skip
def command(host: str | None, port: int | None) -> int:
    """Answer questions over HTTP, until interrupted.

    Logs go to standard error as JSON lines. On an address other than loopback the service
    starts only when authentication is configured.
    """
    from spark_interpreter.api import create_app

    settings = with_address(options.settings(), host, port)
    return serve_app(create_app(settings), settings)


def with_address(settings: "Settings", host: str | None, port: int | None) -> "Settings":
    """The settings with another address to listen on."""
    changed = {
        name: value for name, value in {"host": host, "port": port}.items() if value is not None
    }
    service = settings.service.model_copy(update=changed)
    return settings.model_copy(update={"service": service})


def serve_app(app: "FastAPI", settings: "Settings", path: str = "") -> int:
    """Serve an application of ours until interrupted; the exit code."""
    import uvicorn

    from spark_interpreter.api.logs import configure

    class Server(uvicorn.Server):
        """Ends event streams and waiting requests as soon as it is told to stop."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                port = self.servers[0].sockets[0].getsockname()[1]
                click.echo(f"Listening on http://{settings.service.host}:{port}{path}")

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
            service = getattr(app.state, "service", None)
            if service is not None:
                service.drain()
            self.force_exit = self.should_exit and sig == signal.SIGINT
            self.should_exit = True

    configure()
    server = Server(
        uvicorn.Config(
            app,
            host=settings.service.host,
            port=settings.service.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=max(1, round(settings.service.grace_seconds)),
        )
    )
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    server.run()
    return 0 if server.started else 5
