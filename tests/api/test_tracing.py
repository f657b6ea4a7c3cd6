"""Traces reach a collector."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.server import running

pytestmark = pytest.mark.xdist_group("service")


def test_a_turn_is_a_span_with_its_stages(tmp_path: Path, orders: Path) -> None:
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    collector = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=collector.serve_forever)
    thread.start()
    try:
        endpoint = f"http://127.0.0.1:{collector.server_port}"
        with (
            running(tmp_path, service__otlp_endpoint=endpoint) as server,
            server.client() as client,
        ):
            body = {"prompt": "total amount by region", "sources": [str(orders)], "wait": 60}
            turn = client.post("/spark/generate", json=body).json()
    finally:
        collector.shutdown()
        thread.join()
        collector.server_close()
    assert turn["state"] == "completed"
    exported = [ExportTraceServiceRequest.FromString(body) for body in received]
    spans = [s for e in exported for r in e.resource_spans for p in r.scope_spans for s in p.spans]
    (whole,) = [span for span in spans if span.name == "turn"]
    stages = {span.name for span in spans if span.parent_span_id == whole.span_id}
    assert {"queued", "profiling", "generating", "validating", "running"} <= stages
    assert b"region" not in b"".join(received)
