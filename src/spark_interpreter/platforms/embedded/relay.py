"""The way out of a pod to one Spark server elsewhere, and to nothing else.

The script's process sees a port of its own loopback interface. Who listens there is made inside
the pod's network, in the place of an engine; its connections are taken, and carried on to the
server, by a process outside. The token that a server may want is known to that process alone.
"""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spark_interpreter.platforms.embedded.protocol import Remote

CONNECT_SECONDS = 10.0
INTERRUPT_SECONDS = 1.2
_CHUNK = 256 * 1024


def listen(announce: int, handover: socket.socket) -> None:
    """Listen on a free loopback port, hand the listener over, and write the port to `announce`.

    Runs inside the pod's network and never returns.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.send_fds(handover, [b"listener"], [listener.fileno()])
        os.write(announce, str(listener.getsockname()[1]).encode())
        os.close(announce)
    while True:
        signal.pause()


def serve(handover: socket.socket, remote: Remote, secret: int, folder: Path) -> None:
    """Take the listener and carry its connections to the server, until `end` is called.

    Args:
        secret: a pipe with the server's token, which closes behind it.
        folder: a new one of the relay's own is made in it.
    """
    _, descriptors, _, _ = socket.recv_fds(handover, 16, 1)
    if not descriptors:
        return
    with open(secret, "rb") as pipe:
        token = pipe.read().decode()
    listener = socket.socket(fileno=descriptors[0])
    if not (remote.tls or token):
        _carry(listener, lambda: upstream(remote))
        handover.recv(1)
        from spark_interpreter.platforms.embedded.forwarding import channel

        with channel(remote) as server:
            _interrupt(server, remote, ())
        return
    _serve_calls(handover, listener, remote, token, folder)


def _serve_calls(
    handover: socket.socket, listener: socket.socket, remote: Remote, token: str, folder: Path
) -> None:
    """Carry calls rather than bytes, for they change on their way.

    The calls are taken at a socket in a folder that this user alone can enter. It goes by a
    relative name: those of sockets may have a hundred characters only.
    """
    from spark_interpreter.platforms.embedded.forwarding import bearer, channel, forwarding

    own = folder / "relay"
    own.mkdir(mode=0o700)
    os.chdir(own)
    with channel(remote) as server:
        with forwarding(server, bearer(token), "unix:calls"):
            _carry(listener, lambda: _local("calls"))
            handover.recv(1)
        _interrupt(server, remote, bearer(token))


def end(handover: socket.socket) -> None:
    """Let the server end what still runs, and the relay itself."""
    with contextlib.suppress(OSError):
        handover.send(b".")


def _interrupt(server: Any, remote: Remote, metadata: Sequence[tuple[str, str]]) -> None:
    """Let the server end what the session still runs, and forget the session."""
    import grpc
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    user = base_pb2.UserContext(user_id=remote.user)
    stub = base_pb2_grpc.SparkConnectServiceStub(server)
    request = base_pb2.InterruptRequest(
        session_id=remote.session,
        user_context=user,
        interrupt_type=base_pb2.InterruptRequest.INTERRUPT_TYPE_ALL,
    )
    release = base_pb2.ReleaseSessionRequest(session_id=remote.session, user_context=user)
    for call, message in ((stub.Interrupt, request), (stub.ReleaseSession, release)):
        try:
            call(message, metadata=metadata, timeout=INTERRUPT_SECONDS)
        except grpc.RpcError as exc:
            os.write(2, f"The session was not ended: {exc.code()}\n".encode())


def upstream(remote: Remote) -> socket.socket:
    """A connection to the server.

    Raises:
        OSError: it cannot be reached, or its certificate is not to be trusted.
    """
    server = socket.create_connection((remote.host, remote.port), CONNECT_SECONDS)
    try:
        if remote.tls:
            import ssl

            context = ssl.create_default_context()
            context.set_alpn_protocols(["h2"])
            server = context.wrap_socket(server, server_hostname=remote.host)
    except OSError:
        server.close()
        raise
    server.settimeout(None)
    return server


def _local(path: str) -> socket.socket:
    own = socket.socket(socket.AF_UNIX)
    own.connect(path)
    return own


def _carry(listener: socket.socket, connect: Callable[[], socket.socket]) -> None:
    """Join each connection that is made from now on with one of `connect`."""
    threading.Thread(target=_accept, args=(listener, connect), daemon=True).start()


def _accept(listener: socket.socket, connect: Callable[[], socket.socket]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_join, args=(client, connect), daemon=True).start()


def _join(client: socket.socket, connect: Callable[[], socket.socket]) -> None:
    try:
        server = connect()
    except OSError:
        client.close()
        return
    threading.Thread(target=_pump, args=(server, client), daemon=True).start()
    _pump(client, server)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
