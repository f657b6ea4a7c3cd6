"""The tools, called by a real client of the protocol over both transports."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import httpx
import psutil
import pytest

from spark_interpreter.agents.mcp.tools import SCRIPT_TOOLS
from spark_interpreter.stores.access import AccessStore
from spark_interpreter.supervisor.tools import TOOLS
from tests.agents.mcp_client import PROGRAM, Caller, McpServer, over_http, over_stdio
from tests.api.server import gone
from tests.scripts import SLOW, SMALL as SCRIPT

READING = {
    "validate", "wait", "result", "list_sources", "profile", "chart", "logs",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shop: Path) -> Iterator[McpServer]:
    server = McpServer(
        tmp_path_factory.mktemp("mcp"), ["--root", str(shop), "--allow-scripts"]
    ).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["stdio", "http", "stdio, before 2026", "http, before 2026"])
def connection(
    request: pytest.FixtureRequest, tmp_path: Path, shop: Path
) -> AbstractAsyncContextManager[Caller]:
    mode = "legacy" if "before" in request.param else "auto"
    if request.param.startswith("http"):
        return over_http(request.getfixturevalue("server").url, mode)
    return over_stdio(tmp_path, "--root", str(shop), "--allow-scripts", mode=mode)


def test_every_tool(connection: AbstractAsyncContextManager[Caller], shop: Path) -> None:
    orders = shop / "orders.csv"

    async def talk() -> None:
        async with connection as call:
            listed = {tool.name: tool for tool in (await call.client.list_tools()).tools}
            assert set(listed) == READING | {"ask", "cancel", "run_script"}
            assert {n for n, t in listed.items() if t.annotations.read_only_hint} == READING  # type: ignore[union-attr]

            found = await call("list_sources")
            assert found["files"] == [{"source": str(orders), "bytes": orders.stat().st_size}]
            assert "glue" in [entry["word"] for entry in found["entries"]]
            assert (await call("list_sources", search="nothing"))["files"] == []
            assert (await call("list_sources", place=str(shop)))["files"] == found["files"]

            profile = await call("profile", source="orders.csv")
            assert profile["row_count"] == 300
            assert [c["name"] for c in profile["columns"]][-1] == "amount"

            answer = await call.answer("total amount by region", "orders.csv")
            assert answer["status"] == "answered"
            assert sorted(map(tuple, answer["rows"])) == [("North", 22500), ("South", 22650)]
            assert (answer["row_count"], answer["truncated"]) == (2, False)
            drawn = await call.picture(turn_id=answer["turn_id"])
            assert base64.b64decode(drawn.data).startswith(b"\x89PNG")
            assert set(await call("logs", turn_id=answer["turn_id"])) >= {
                "stdout", "stderr", "engine",
            }  # fmt: skip

            checked = await call("validate", script=SCRIPT.replace('"id") * 2', '"idd") * 2'))
            assert not checked["ok"]
            assert "idd" in checked["findings"][0]["message"]
            assert (await call("validate", script=SCRIPT))["columns"][1]["name"] == "twice"

            begun = await call("run_script", script=SCRIPT)
            ran = await call.until_finished(begun["turn_id"])
            assert sorted(ran["rows"]) == [[0, 0], [1, 2], [2, 4]]

            begun = await call("run_script", script=SLOW)
            waited = await call("wait", turn_id=begun["turn_id"], seconds=1)
            assert (waited["finished"], waited["result"]) == (False, None)
            stopped = await call("cancel", turn_id=begun["turn_id"])
            assert (stopped["state"], stopped["finished"]) == ("cancelled", True)

    anyio.run(talk)


def test_results_say_what_is_missing_of_them(server: McpServer, shop: Path) -> None:
    async def talk() -> None:
        async with over_http(server.url) as call:
            begun = await call("ask", question="list order_id and amount", sources=["orders.csv"])
            result = await call.until_finished(begun["turn_id"])
            assert (len(result["rows"]), result["row_count"], result["truncated"]) == (
                20,
                300,
                True,
            )
            seen = []
            for offset in (0, 150):
                part = await call("result", turn_id=begun["turn_id"], offset=offset, rows=150)
                assert part["truncated"]
                seen += [row[0] for row in part["rows"]]
            assert seen == list(range(1, 301))
            whole = await call("result", turn_id=begun["turn_id"], rows=300)
            assert (len(whole["rows"]), whole["truncated"]) == (300, False)
            none = await call("result", turn_id=begun["turn_id"], rows=0)
            assert (none["rows"], none["row_count"], none["truncated"]) == ([], 300, True)

    anyio.run(talk)


@pytest.mark.parametrize("kind", ["stdio", "http"])
def test_a_client_has_its_own_conversation(
    kind: str, tmp_path: Path, shop: Path, server: McpServer
) -> None:
    def connect() -> AbstractAsyncContextManager[Caller]:
        if kind == "http":
            return over_http(server.url, "legacy")
        return over_stdio(tmp_path, "--root", str(shop))

    async def talk() -> None:
        async with connect() as call, connect() as other:
            first = await call.answer("total amount by region", "orders.csv")
            second = await call.answer("only North")
            assert second["session_id"] == first["session_id"]
            assert second["rows"] == [["North", 22500]]
            apart = await other.answer("total amount", "orders.csv")
            assert apart["session_id"] != first["session_id"]
            anew = await call.answer("total amount", "orders.csv", new_session=True)
            assert anew["session_id"] not in {first["session_id"], apart["session_id"]}
            back = await call.answer("only South", session_id=first["session_id"])
            assert back["rows"] == [["South", 22650]]

    anyio.run(talk)


def test_who_says_nothing_of_sessions_begins_one_each_time(server: McpServer) -> None:
    async def talk() -> None:
        async with over_http(server.url) as call:
            first = await call("ask", question="total amount", sources=["orders.csv"])
            second = await call("ask", question="total amount", sources=["orders.csv"])
            assert first["session_id"] != second["session_id"]

    anyio.run(talk)


def test_steps_are_told_while_a_client_waits(tmp_path: Path, shop: Path) -> None:
    told: list[tuple[float, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    async def talk() -> None:
        async with over_stdio(tmp_path, "--root", str(shop)) as call:
            begun = await call("ask", question="total amount", sources=["orders.csv"])
            waiting = {"turn_id": begun["turn_id"]}
            await call.client.call_tool("wait", waiting, progress_callback=hear)

    anyio.run(talk)
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1][1] == "1 rows"


def test_nothing_else_is_read(tmp_path: Path, shop: Path) -> None:
    """Neither by a question, nor by a look, nor by a script, nor through a link."""
    secret = tmp_path / "secret.csv"
    secret.write_text("name,amount\nx,1\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.csv").symlink_to(secret)
    reading = SCRIPT.replace("spark.range(3)", f'spark.read.csv("{secret}", header=True)')

    async def talk() -> None:
        async with over_stdio(tmp_path, "--root", str(root), "--allow-scripts") as call:
            assert (await call("list_sources"))["files"] == []
            for name in (str(secret), "link.csv", str(root / ".." / "secret.csv"), "/etc/passwd"):
                error = await call.error("ask", question="total amount", sources=[name])
                assert error["code"] == "forbidden"
                assert "--root" in error["remedy"]
                assert (await call.error("profile", source=name))["code"] == "forbidden"
            for place in (str(tmp_path), "/", "..", str(tmp_path / "home" / "data")):
                assert (await call.error("list_sources", place=place))["code"] == "forbidden"
            for tool in ("validate", "run_script"):
                assert (await call.error(tool, script=reading))["code"] == "forbidden"

    anyio.run(talk)


def test_the_steps_of_the_workflow_are_tools_too(tmp_path: Path, shop: Path) -> None:
    arguments = ["--root", str(shop), "--steps", "--allow-scripts"]

    async def talk() -> None:
        async with over_stdio(tmp_path, *arguments) as call:
            names = {tool.name for tool in (await call.client.list_tools()).tools}
            assert names >= {kind.name for kind in TOOLS}
            orders = [str(shop / "orders.csv")]
            code = await call(
                "call_code_generation_agent", question="total amount by region", sources=orders
            )
            script = {"spark_code": code["spark_code"]}
            assert (await call("validate_spark_code", **script))["ok"]
            placed = await call("select_execution_platform", sources=orders)
            assert placed["platform"] == "local"
            run = await call("execute_spark_code_local", **script)
            assert (run["row_count"], run["truncated"]) == (2, False)
            where = {"session_id": run["session_id"], "turn": run["turn"]}
            assert (await call("extract_execution_logs", **where))["stdout"] == ""
            for platform in ("lambda", "emr", "connect"):
                error = await call.error(f"execute_spark_code_{platform}", **script)
                assert error["code"] == "placement"
            outside = ["/etc/passwd"]
            error = await call.error("select_execution_platform", sources=outside)
            assert error["code"] == "forbidden"

    anyio.run(talk)


def test_scripts_are_run_only_where_that_is_allowed(tmp_path: Path, shop: Path) -> None:
    async def talk() -> None:
        async with over_stdio(tmp_path, "--steps") as call:
            names = {tool.name for tool in (await call.client.list_tools()).tools}
            assert "validate_spark_code" in names
            for tool in SCRIPT_TOOLS:
                assert tool not in names
                error = await call.error(tool, script=SCRIPT)
                assert (error["code"], "--allow-scripts" in error["remedy"]) == ("forbidden", True)
            error = await call.error("profile", source=str(shop / "orders.csv"))
            assert (error["code"], "--root" in error["remedy"]) == ("forbidden", True)

    anyio.run(talk)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("ask", {"question": " ", "sources": ["orders.csv"]}, "usage"),
        ("ask", {"question": "x" * 5000}, "usage"),
        ("ask", {"question": "total", "sources": ["postgres:"]}, "usage"),
        ("ask", {"question": "total", "surprise": 1}, "usage"),
        ("ask", {}, "usage"),
        ("wait", {"turn_id": "nobody/1"}, "not_found"),
        ("result", {"turn_id": "no id"}, "usage"),
        ("result", {"turn_id": "x/99999999999"}, "usage"),
        ("profile", {"source": "missing.csv"}, "forbidden"),
        ("profile", {"source": "postgres:nowhere/public.orders"}, "source_not_found"),
        ("list_sources", {"place": "postgres:nowhere"}, "source_not_found"),
        ("chart", {"turn_id": "nobody/1"}, "not_found"),
        ("dance", {}, "usage"),
    ],
)  # fmt: skip
def test_errors_have_our_shape(
    server: McpServer, tool: str, arguments: dict[str, Any], code: str
) -> None:
    async def talk() -> None:
        async with over_http(server.url) as call:
            error = await call.error(tool, **arguments)
            assert error["code"] == code
            assert error["message"]

    anyio.run(talk)


def test_what_a_client_left_is_stopped(tmp_path: Path, shop: Path) -> None:
    left: list[psutil.Process] = []

    async def talk() -> None:
        async with over_stdio(tmp_path, "--allow-scripts") as call:
            begun = await call("run_script", script=SLOW)
            await call("wait", turn_id=begun["turn_id"], seconds=2)
            left.extend(psutil.Process(os.getpid()).children(recursive=True))

    before = {process.pid for process in psutil.Process(os.getpid()).children(recursive=True)}
    anyio.run(talk)
    ours = [process for process in left if process.pid not in before]
    assert ours
    assert gone(ours)


def test_http_asks_who_calls(tmp_path: Path, shop: Path) -> None:
    """On loopback nobody needs a key, but no foreign page comes in; elsewhere everybody does."""
    store = AccessStore.of(tmp_path / "data")
    _, kim = store.create_key("kim", "analyst")
    _, lee = store.create_key("lee", "analyst")
    _, viewer = store.create_key("pat", "viewer")
    store.close()
    server = McpServer(
        tmp_path, ["--root", str(shop)], service__access__authentication="required"
    ).start()

    async def talk() -> None:
        async with over_http(server.url, Authorization=f"Bearer {kim}") as call:
            answer = await call.answer("total amount", "orders.csv")
            assert answer["rows"] == [[45150]]
        async with over_http(server.url, Authorization=f"Bearer {lee}") as call:
            error = await call.error("result", turn_id=answer["turn_id"])
            assert error["code"] == "not_found"

    try:
        anyio.run(talk)
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        for method, key, status in [
            ("POST", "", 401), ("GET", "", 401), ("DELETE", "", 401), ("POST", viewer, 403),
            ("GET", viewer, 403),
        ]:  # fmt: skip
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            refused = httpx.request(method, server.url, json=body, headers=headers)
            assert refused.status_code == status
            assert refused.headers["content-type"] == "application/problem+json"
    finally:
        server.stop()


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}], ids=str
)
def test_no_foreign_page_calls_tools(server: McpServer, headers: dict[str, str]) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert httpx.post(server.url, json=body, headers=headers).status_code == 403


def test_another_address_needs_keys(tmp_path: Path) -> None:
    server = McpServer(tmp_path, ["--host", "0.0.0.0"])
    with pytest.raises(pytest.fail.Exception, match="needs authentication"):
        server.start()


def test_a_signal_ends_a_server_that_reads(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "SPARK_INTERPRETER_DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask = {
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18", "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        }  # fmt: skip
        process.stdin.write(json.dumps(ask).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
