"""The way out of a pod to one Spark server elsewhere, and to nothing else.

The script's process sees a port of its own loopback interface. Who listens there is made inside
the pod's network, in the place of an engine; its connections are taken, and carried on to the
server, by a process outside.
"""

import contextlib
import os
import signal
import socket
import threading

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


def serve(handover: socket.socket, remote: Remote) -> None:
    """Take the listener and carry its connections to the server, until `end` is called."""
    _, descriptors, _, _ = socket.recv_fds(handover, 16, 1)
    if descriptors:
        listener = socket.socket(fileno=descriptors[0])
        threading.Thread(target=_accept, args=(listener, remote), daemon=True).start()
        handover.recv(1)
        with socket.create_server(("127.0.0.1", 0)) as own:
            threading.Thread(target=_accept, args=(own, remote), daemon=True).start()
            _interrupt(remote, own.getsockname()[1])


def end(handover: socket.socket) -> None:
    """Let the server end what still runs, and the relay itself."""
    with contextlib.suppress(OSError):
        handover.send(b".")


def _interrupt(remote: Remote, port: int) -> None:
    """Let the server end what the session still runs, and forget the session."""
    import grpc
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    metadata = [("authorization", f"Bearer {remote.token}")] if remote.token else []
    user = base_pb2.UserContext(user_id=remote.user)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = base_pb2_grpc.SparkConnectServiceStub(channel)
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


def _accept(listener: socket.socket, remote: Remote) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_join, args=(client, remote), daemon=True).start()


def _join(client: socket.socket, remote: Remote) -> None:
    try:
        server = upstream(remote)
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
