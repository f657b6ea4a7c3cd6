"""Calls of a script that go on to a Spark server with a token and over TLS.

The script speaks plain gRPC and has no token: what it calls is called again here, message for
message, with the token. Imports gRPC, so it is imported where it is used.
"""

import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from spark_interpreter.platforms.embedded.protocol import Remote

SERVICE = "/spark.connect.SparkConnectService/"
_CALLS_AT_ONCE = 64
_LONGEST_SECONDS = 365 * 24 * 3600.0
_NO_LIMITS = (("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1))
Metadata = tuple[tuple[str, str], ...]


def bearer(token: str) -> Metadata:
    """What every call carries; nothing without a token."""
    return (("authorization", f"Bearer {token}"),) if token else ()


def channel(remote: Remote) -> Any:
    """A channel to the server."""
    host = f"[{remote.host}]" if ":" in remote.host else remote.host
    options = [*_NO_LIMITS, ("grpc.enable_http_proxy", 0)]
    if not remote.tls:
        return grpc.insecure_channel(f"{host}:{remote.port}", options)
    credentials = grpc.ssl_channel_credentials(_trusted())
    return grpc.secure_channel(f"{host}:{remote.port}", credentials, options)


@contextmanager
def forwarding(server: Any, metadata: Metadata, address: str) -> Iterator[None]:
    """Take calls of Spark Connect at an address, and make them at the server.

    Args:
        server: the channel to it.
        metadata: added to every call; that of the script is left behind.
    """
    with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        relay = grpc.server(pool, handlers=[_Forwarder(server, metadata)], options=_NO_LIMITS)
        relay.add_insecure_port(address)
        relay.start()
        try:
            yield
        finally:
            relay.stop(None).wait()


class _Forwarder(grpc.GenericRpcHandler):  # type: ignore[misc]
    """Every method of Spark Connect, as streams of bytes in both directions."""

    def __init__(self, server: Any, metadata: Metadata) -> None:
        self._server = server
        self._metadata = metadata

    def service(self, handler_call_details: Any) -> Any:
        method = handler_call_details.method
        if not method.startswith(SERVICE):
            return None
        return grpc.stream_stream_rpc_method_handler(self._forward(method))

    def _forward(self, method: str) -> Callable[[Iterator[bytes], Any], Iterator[bytes]]:
        def forward(requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
            left = context.time_remaining()
            call = self._server.stream_stream(method)(
                requests,
                timeout=left if left is not None and left < _LONGEST_SECONDS else None,
                metadata=self._metadata,
            )
            if not context.add_callback(call.cancel):
                call.cancel()
            try:
                yield from call
            except grpc.RpcError:
                context.set_code(call.code())
                context.set_details(call.details() or "")
            context.set_trailing_metadata(call.trailing_metadata() or ())

        return forward


def _trusted() -> bytes | None:
    """The certificates that Python trusts on this machine; None leaves it to gRPC's own."""
    places = ssl.get_default_verify_paths()
    files = [Path(places.cafile)] if places.cafile else []
    if places.capath:
        files += sorted(Path(places.capath).glob("*.[0-9]"))
    return b"\n".join(file.read_bytes() for file in files if file.is_file()) or None
