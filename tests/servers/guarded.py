"""A gateway before a Spark Connect server: every call needs a token; with or without TLS."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from tests.servers.certificate import self_signed
from tests.servers.sail import listening_sail

_NO_LIMITS = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))


class Gateway:
    """What it saw.

    Attributes:
        port: where it listens.
        methods: of the calls it let through.
        denied: how many it did not.
    """

    def __init__(self) -> None:
        self.port = 0
        self.methods: list[str] = []
        self.denied = 0


class _Gate(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, gateway: Gateway, token: str, server: Any) -> None:
        self._gateway = gateway
        self._token = token
        self._server = server

    def service(self, details: Any) -> Any:
        metadata = {each.key: each.value for each in details.invocation_metadata}
        if metadata.get("authorization") == f"Bearer {self._token}":
            self._gateway.methods.append(details.method.rpartition("/")[2])
            return grpc.stream_stream_rpc_method_handler(self._pass(details.method))
        self._gateway.denied += 1
        return grpc.stream_stream_rpc_method_handler(_deny)

    def _pass(self, method: str) -> Callable[[Any, Any], Iterator[bytes]]:
        def call(requests: Any, context: Any) -> Iterator[bytes]:
            answer = self._server.stream_stream(method)(requests)
            context.add_callback(answer.cancel)
            try:
                yield from answer
            except grpc.RpcError:
                context.set_trailing_metadata(answer.trailing_metadata())
                context.set_code(answer.code())
                context.set_details(answer.details())

        return call


def _deny(_requests: Any, context: Any) -> Iterator[bytes]:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "a valid token is required")
    yield b""


@contextmanager
def gateway(folder: Path, token: str, *, tls: bool = False) -> Iterator[Gateway]:
    """A running gateway; with TLS its certificate is `folder/server.crt`."""
    found = Gateway()
    with (
        listening_sail(folder) as port,
        grpc.insecure_channel(f"127.0.0.1:{port}", _NO_LIMITS) as server,
        ThreadPoolExecutor(32) as pool,
    ):
        gate = grpc.server(pool, handlers=[_Gate(found, token, server)], options=_NO_LIMITS)
        if tls:
            certificate, key = self_signed("127.0.0.1")
            (folder / "server.crt").write_bytes(certificate)
            credentials = grpc.ssl_server_credentials([(key, certificate)])
            found.port = gate.add_secure_port("127.0.0.1:0", credentials)
        else:
            found.port = gate.add_insecure_port("127.0.0.1:0")
        gate.start()
        try:
            yield found
        finally:
            gate.stop(None).wait()
