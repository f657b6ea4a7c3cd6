"""The service hands its turns to the supervisor agent and reads back what comes of them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from spark_interpreter.stores.access import AccessStore
from tests.api import server as service
from tests.api.server import Events, Server, until_finished
from tests.scripts import SLOW
from tests.servers.agentcore import ARN, AgentCore, Runtime, agentcore
from tests.servers.moto import Aws

NAME = "spark_supervisor_agent"
SCRIPT = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
print("working elsewhere")
result = spark.range(1500).withColumn("twice", F.col("id") * 2)
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentCore]:
    runtime = Runtime("supervisor_runtime", tmp_path_factory.mktemp("supervisor")).start()
    with agentcore({NAME: runtime}) as core:
        yield core


def settings_of(core: AgentCore) -> dict[str, str]:
    return {
        **core.environment,
        "SPARK_INTERPRETER_AGENTS__SUPERVISOR_ARN": ARN + NAME,
        "SPARK_INTERPRETER_AGENTS__POLL_SECONDS": "0.1",
        "SPARK_INTERPRETER_AGENTS__PATIENCE_SECONDS": "2",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, core: AgentCore) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("backend"), settings_of(core)).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def execute(client: httpx.Client, script: str, **more: Any) -> Any:
    body = {"spark_code": script, **more}
    return client.post("/spark/execute", json=body).raise_for_status().json()


def carried(core: AgentCore) -> int:
    return core.invoked[f"{NAME} carry"]


def test_a_question_of_data_in_s3_is_answered_there(aws: Aws, tmp_path: Path) -> None:
    bucket = aws.new_bucket()
    rows = [f"{n},{'North' if n % 2 else 'South'},{n}" for n in range(1, 301)]
    aws.put(bucket, "orders.csv", "\n".join(["order_id,region,amount", *rows]) + "\n")
    place = {"AWS_ENDPOINT_URL_S3": aws.url}
    runtime = Runtime("supervisor_runtime", tmp_path / "supervisor", **place).start()
    with (
        agentcore({NAME: runtime}) as core,
        service.running(tmp_path, settings_of(core)) as server,
        server.client() as client,
    ):
        question = {"prompt": "total amount by region", "sources": [f"s3://{bucket}/orders.csv"]}
        asked = client.post("/spark/generate", json=question).raise_for_status().json()
        turn = until_finished(client, asked)
        assert turn["state"] == "completed", turn
        assert carried(core) == 1
        assert sorted(turn["answer"]["rows"]) == [["North", 22500], ["South", 22650]]
        follow = {"prompt": "only North", "session_id": turn["session_id"]}
        asked = client.post("/spark/generate", json=follow).raise_for_status().json()
        assert until_finished(client, asked)["answer"]["rows"] == [["North", 22500]]


def test_what_comes_of_a_turn_is_found_here(client: httpx.Client, core: AgentCore) -> None:
    before = carried(core)
    turn = until_finished(client, execute(client, SCRIPT))
    assert carried(core) == before + 1
    answer = turn["answer"]
    assert (answer["row_count"], answer["truncated"], len(answer["rows"])) == (1500, True, 100)

    links = turn["links"]
    rows = client.get(f"{links['self']}/rows", params={"offset": 1400}).json()
    assert len(rows["rows"]) == 100
    download = client.get(f"{links['self']}/download", params={"format": "csv"})
    assert len(download.text.splitlines()) == 1501
    assert "spark.range(1500)" in client.get(f"{links['self']}/script").text
    assert client.get(f"{links['self']}/logs").json()["stdout"] == "working elsewhere\n"

    where = f"/spark/events/{turn['session_id']}/{turn['turn']}"
    with client.stream("GET", where) as stream:
        events = list(Events(stream))
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert "supervisor agent" in events[0]["message"]
    assert events[-1]["state"] == "completed"


def test_a_question_goes_on_where_the_session_is(
    client: httpx.Client, core: AgentCore, orders: Path
) -> None:
    """Turns with files of this machine are carried here, the others there, in one session."""
    before = carried(core)
    body = {"prompt": "total amount by region", "sources": [str(orders)]}
    first = until_finished(client, client.post("/spark/generate", json=body).json())
    assert first["answer"]["row_count"] == 2
    assert carried(core) == before
    second = until_finished(client, execute(client, SCRIPT, session_id=first["session_id"]))
    assert (second["turn"], second["answer"]["row_count"]) == (2, 1500)
    assert carried(core) == before + 1


def test_a_turn_is_cancelled_where_it_runs(client: httpx.Client, core: AgentCore) -> None:
    turn = execute(client, SLOW)
    running(client, turn)
    client.post(f"{turn['links']['self']}/cancel").raise_for_status()
    assert until_finished(client, turn)["state"] == "cancelled"
    deadline = time.monotonic() + 10
    while core.runtimes[NAME].ping() != "Healthy":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def running(client: httpx.Client, turn: Any) -> None:
    deadline = time.monotonic() + 30
    while client.get(turn["links"]["self"]).json()["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_lost_answer_hands_nothing_over_twice(client: httpx.Client, core: AgentCore) -> None:
    before = carried(core)
    core.lose.add("carry")
    turn = until_finished(client, execute(client, SCRIPT))
    assert turn["answer"]["row_count"] == 1500
    assert carried(core) == before + 1


def test_a_restart_of_the_service_goes_on_looking(tmp_path: Path, core: AgentCore) -> None:
    server = Server(tmp_path, settings_of(core)).start()
    try:
        with server.client() as client:
            before = carried(core)
            turn = execute(client, SLOW)
            running(client, turn)
        server.kill()
        server.start()
        with server.client() as client:
            assert client.get(turn["links"]["self"]).json()["state"] == "running"
            client.post(f"{turn['links']['self']}/cancel").raise_for_status()
            assert until_finished(client, turn)["state"] == "cancelled"
        assert carried(core) == before + 1
    finally:
        server.stop()


def test_a_crash_of_the_agent_ends_the_turn(tmp_path: Path, core: AgentCore) -> None:
    """Whether it comes back and says so, or is gone for good."""
    runtime = Runtime("supervisor_runtime", tmp_path / "agent").start()
    core.runtimes["crashing"] = runtime
    settings = settings_of(core)
    settings["SPARK_INTERPRETER_AGENTS__SUPERVISOR_ARN"] = ARN + "crashing"
    server = Server(tmp_path / "backend", settings).start()
    try:
        with server.client() as client:
            for comes_back in (True, False):
                turn = execute(client, SLOW)
                running(client, turn)
                runtime.stop(signal.SIGKILL)
                if comes_back:
                    runtime.start()
                ended = until_finished(client, turn)
                assert ended["answer"]["error"]["code"] == "interrupted"
            refused = until_finished(client, execute(client, SCRIPT))
            assert refused["answer"]["error"]["code"] in {"interrupted", "agent_unavailable"}
        assert core.invoked["crashing carry"] == 3
    finally:
        server.stop()


def test_an_agent_that_is_not_there_fails_the_turn_at_once(tmp_path: Path, core: AgentCore) -> None:
    settings = settings_of(core)
    settings["SPARK_INTERPRETER_AGENTS__SUPERVISOR_ARN"] = ARN + "nobody"
    server = Server(tmp_path, settings).start()
    try:
        with server.client() as client:
            turn = execute(client, SCRIPT)
            assert turn["state"] == "failed"
            assert turn["answer"]["error"]["code"] == "agent_unavailable"
            assert "nobody does not exist" in turn["answer"]["error"]["message"]
    finally:
        server.stop()


PROGRAM = """
import base64, json, sys, time
from spark_interpreter.api.lambda_entry import handler

def call(method, path, body=None):
    event = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": method, "path": path, "queryStringParameters": {},
        "headers": {
            "host": "spark.example", "content-type": "application/json", "x-api-key": sys.argv[1],
        },
        "body": json.dumps(body) if body else "", "isBase64Encoded": False,
    }
    answer = handler(event, None)
    body = base64.b64decode if answer["isBase64Encoded"] else str
    return answer["statusCode"], json.loads(body(answer["body"]))

if len(sys.argv) == 3:
    status, turn = call("POST", "/spark/execute", {"spark_code": sys.argv[2]})
    assert status == 202, (status, turn)
else:
    status, turn = call("GET", sys.argv[2] + sys.argv[3])
    while status == 200 and not turn["finished"]:
        time.sleep(0.1)
        status, turn = call("GET", turn["links"]["self"])
print(json.dumps([status, turn]), flush=True)
import os; os._exit(0)
"""


def test_lambda_functions_read_back_what_another_one_handed_over(
    tmp_path: Path, core: AgentCore
) -> None:
    """Two environments without a common disk: the one that was asked is gone when it is polled."""
    keys: dict[str, dict[str, str]] = {}
    for name in ("first", "second"):
        store = AccessStore.of(tmp_path / name / "data")
        keys[name] = {owner: store.create_key(owner, "analyst")[1] for owner in ("kim", "lee")}
        store.close()

    def call(name: str, owner: str, *arguments: str) -> Any:
        home = tmp_path / name
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, keys[name][owner], *arguments],
            capture_output=True, text=True, timeout=90, check=False,
            env={
                **os.environ, **settings_of(core),
                "SPARK_INTERPRETER_DATA_DIR": str(home / "data"),
                "SPARK_INTERPRETER_CACHE_DIR": str(home / "cache"),
            },
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    before = carried(core)
    status, turn = call("first", "kim", SCRIPT)
    assert status == 202
    here = turn["links"]["self"]
    status, found = call("second", "kim", here, "")
    assert (status, found["answer"]["row_count"]) == (200, 1500)
    assert carried(core) == before + 1
    status, rows = call("second", "lee", here, "")
    assert (status, rows["code"]) == (404, "not_found")
