"""What goes wrong between us and the catalog: repeated where that helps, else said plainly."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from spark_interpreter.aws import ATTEMPTS, AwsClients
from spark_interpreter.errors import SourceDenied, SourceUnavailable, SourceUnreadable
from spark_interpreter.model import GlueTable
from spark_interpreter.settings import Settings
from spark_interpreter.sources.glue.reader import GlueReader
from tests.sources.glue.conftest import LAZY, PARQUET, Lake
from tests.sources.glue.test_formats import FORMATS


class Gate(ThreadingHTTPServer):
    """Stands before moto and answers the first requests with an error of Glue's.

    Attributes:
        refusals: how many requests are still refused.
        seen: Glue operations asked for, in order.
    """

    def __init__(self, moto: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.moto = moto
        self.code, self.words, self.refusals = "ThrottlingException", "Rate exceeded", 0
        self.seen: list[str] = []


class _Passing(BaseHTTPRequestHandler):
    server: Gate

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        gate = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        gate.seen.append(self.headers["X-Amz-Target"].partition(".")[2])
        status, answer = 400, json.dumps({"__type": gate.code, "message": gate.words}).encode()
        if gate.refusals:
            gate.refusals -= 1
        else:
            passed = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            request = urllib.request.Request(gate.moto, body, passed)
            with urllib.request.urlopen(request, timeout=20) as reply:
                status, answer = reply.status, reply.read()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture
def gate(moto: str) -> Iterator[Gate]:
    server = Gate(moto)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def gated(
    lake: Lake, gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> GlueReader:
    lake.table("sales", PARQUET)
    lake.put("sales/a", FORMATS["parquet"][2])
    monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", f"http://127.0.0.1:{gate.server_address[1]}")
    return GlueReader(settings, AwsClients())


def test_throttling_is_waited_out(lake: Lake, gate: Gate, gated: GlueReader) -> None:
    gate.refusals = ATTEMPTS - 1
    profile = gated.profile(GlueTable(database=lake.database, table="sales"), name="sales")
    assert profile.row_count == 3
    assert gate.seen[:ATTEMPTS] == ["GetTable"] * ATTEMPTS


def test_throttling_that_does_not_end(lake: Lake, gate: Gate, gated: GlueReader) -> None:
    gate.refusals = 100
    with pytest.raises(SourceUnavailable, match="fewer requests") as failed:
        gated.catalog.tables(lake.database)
    assert lake.database in failed.value.message
    assert len(gate.seen) == ATTEMPTS


def test_permissions_that_lake_formation_withholds(
    lake: Lake, gate: Gate, gated: GlueReader
) -> None:
    gate.code = "AccessDeniedException"
    gate.words = "Insufficient Lake Formation permission(s): Required Select on sales"
    gate.refusals = 1
    with pytest.raises(SourceDenied, match="AWS Lake Formation has not granted it") as denied:
        gated.profile(GlueTable(database=lake.database, table="sales"), name="sales")
    assert f"'{lake.database}.sales'" in denied.value.message
    gate.words, gate.refusals = "User is not authorized to perform: glue:GetDatabases", 1
    with pytest.raises(SourceDenied, match="may not be read with these AWS credentials"):
        gated.catalog.databases()


def test_statistics_that_may_not_be_read_are_done_without(
    lake: Lake, gate: Gate, gated: GlueReader
) -> None:
    lake.table("large", LAZY, [("n", "int")])
    lake.put("large/a", "".join(f"{n}\n" for n in range(200_000)))
    profile = gated.profile(GlueTable(database=lake.database, table="large"), name="large")
    assert gate.seen[-1] == "GetColumnStatisticsForTable"
    assert profile.row_count is not None
    assert not profile.row_count_exact
    assert 150_000 < profile.row_count < 250_000


def test_a_file_that_is_not_what_the_table_says(lake: Lake, reader: GlueReader) -> None:
    for table, body in [("broken", b"PAR1 no footer"), ("text", b"a,b\n1,2\n")]:
        lake.table(table, PARQUET)
        lake.put(f"{table}/a", body)
        with pytest.raises(SourceUnreadable, match=f"{table}/a' cannot be read") as broken:
            reader.profile(GlueTable(database=lake.database, table=table), name=table)
        assert "correct the table's format" in broken.value.remedy
