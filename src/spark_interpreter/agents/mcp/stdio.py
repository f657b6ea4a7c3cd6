"""One client, which starts the server and ends it: over standard input and output."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread
from mcp.server import Server
from mcp.server.stdio import stdio_server

from spark_interpreter.agents.mcp.allowed import of_one_client
from spark_interpreter.agents.mcp.desk import Desk
from spark_interpreter.agents.mcp.server import make_server
from spark_interpreter.agents.mcp.tools import Offer, tools_of
from spark_interpreter.api.access import LOCAL_OWNER, Access, Caller
from spark_interpreter.api.logs import configure
from spark_interpreter.model.access import UNLIMITED
from spark_interpreter.settings import Settings
from spark_interpreter.supervisor.service import Service

_CALLER = Caller(LOCAL_OWNER, "admin", "open", quota=UNLIMITED)


def serve_stdio(settings: Settings, roots: Sequence[Path], offer: Offer) -> None:
    """Serve until the client closes its end; what is running then is stopped."""
    configure("WARNING")
    settings = of_one_client(settings, roots)
    access = Access(settings)
    service = Service(settings, on_end=access.turn_ended, lasting=False)
    desk = Desk(service, access, roots)
    server = make_server(tools_of(desk, offer), lambda _: (_CALLER, "stdio"))
    try:
        anyio.run(_serve, server, service)
    finally:
        service.stop()
        access.close()


async def _serve(server: Server[Any], service: Service) -> None:
    async with stdio_server() as (incoming, outgoing), anyio.create_task_group() as tasks:
        await to_thread.run_sync(service.start)  # its processes must not hold the client's pipe
        tasks.start_soon(_end_on_signal, service)
        await server.run(incoming, outgoing, server.create_initialization_options())
        tasks.cancel_scope.cancel()


async def _end_on_signal(service: Service) -> None:
    """A thread is reading the client's pipe and cannot be interrupted; the process can."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            await to_thread.run_sync(service.stop)
            os._exit(0)
