"""Asking over HTTP: turns, their parts, streams, cancelling, repeating."""

import io
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.server import Events, Server, gone, until_finished

pytestmark = pytest.mark.xdist_group("service")
QUESTION = "total amount by region"


@pytest.fixture(scope="module")
def answered(client: httpx.Client, orders: Path) -> Any:
    body = {"prompt": QUESTION, "sources": [str(orders)], "wait": 60}
    response = client.post("/spark/generate", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def begin(client: httpx.Client, script: str, **more: object) -> Any:
    response = client.post("/spark/execute", json={"spark_code": script, **more})
    assert response.status_code == 202, response.text
    return response.json()


def until_running(client: httpx.Client, turn: Any) -> None:
    for _ in range(600):
        if client.get(turn["links"]["self"]).json()["state"] == "running":
            return
        time.sleep(0.05)
    pytest.fail("it does not run")


def test_a_question_is_answered(answered: Any) -> None:
    assert answered["state"] == "completed"
    assert sorted(answered["answer"]["rows"]) == [["North", 22500], ["South", 22650]]
    assert {"profiling", "generating", "validating", "running"} <= set(
        answered["answer"]["timings"]
    )


def test_without_waiting_it_says_where_to_look(client: httpx.Client, orders: Path) -> None:
    response = client.post("/spark/generate", json={"prompt": QUESTION, "sources": [str(orders)]})
    assert response.status_code == 202
    turn = response.json()
    assert response.headers["Location"] == turn["links"]["self"]
    assert turn["answer"] is None
    assert until_finished(client, turn)["state"] == "completed"


def test_a_follow_up_goes_on_with_the_session(client: httpx.Client, answered: Any) -> None:
    body = {"prompt": "only in the North", "session_id": answered["session_id"], "wait": 60}
    turn = client.post("/spark/generate", json=body).json()
    assert (turn["session_id"], turn["turn"]) == (answered["session_id"], 2)
    assert turn["answer"]["rows"] == [["North", 22500]]
    session = client.get(f"/spark/result/{answered['session_id']}").json()
    assert session["latest"]["turn"] == 2
    assert [t["turn"] for t in session["turns"]] == [1, 2]
    assert session["turns"][0]["row_count"] == 2


def test_a_clients_own_name_for_a_session_is_kept_or_told(client: httpx.Client) -> None:
    first = client.post(
        "/spark/generate", json={"prompt": "hello", "session_id": "mine", "wait": 60}
    )
    again = client.post("/spark/generate", json={"prompt": "hello", "session_id": "mine"})
    assert first.json()["session_id"] == again.json()["session_id"]
    assert until_finished(client, again.json())["turn"] == 2


def test_writing_the_script_only(client: httpx.Client, orders: Path) -> None:
    body = {"prompt": QUESTION, "sources": [str(orders)], "mode": "script", "wait": 60}
    turn = client.post("/spark/generate", json=body).json()
    assert turn["answer"]["script"]
    assert "rows" not in turn["links"]
    assert client.get(f"{turn['links']['self']}/rows").status_code == 404


def test_an_edited_script_runs_after_the_same_validation(
    client: httpx.Client, answered: Any
) -> None:
    script = client.get(answered["links"]["script"])
    assert script.headers["content-type"].startswith("text/x-python")
    edited = script.text.replace(
        "result.write", "result = result.where(\"region = 'South'\")\nresult.write"
    )
    turn = client.post("/spark/execute", json={"spark_code": edited, "wait": 60}).json()
    assert turn["answer"]["rows"] == [["South", 22650]]
    evil = script.text + "\nimport os\n"
    refused = client.post("/spark/execute", json={"spark_code": evil, "wait": 60}).json()
    assert refused["state"] == "refused"
    assert refused["answer"]["error"]["code"] == "validation"


def test_rows_come_in_pages_and_sorted(client: httpx.Client, orders: Path) -> None:
    body = {"prompt": "show all orders", "sources": [str(orders)], "wait": 60}
    turn = client.post("/spark/generate", json=body).json()
    assert turn["answer"]["row_count"] == 300, turn
    rows, at = [], f"{turn['links']['rows']}?limit=77&sort=amount&descending=true"
    while at:
        page = client.get(at).raise_for_status().json()
        rows += page["rows"]
        at = page["next"]
    names = [column["name"] for column in page["columns"]]
    amounts = [row[names.index("amount")] for row in rows]
    assert amounts == list(range(300, 0, -1))
    unsorted = client.get(turn["links"]["rows"], params={"limit": 300}).json()["rows"]
    assert unsorted[:100] == turn["answer"]["rows"]
    assert client.get(turn["links"]["rows"], params={"sort": "nothing"}).status_code == 422


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "json", "jsonl"])
def test_downloads_have_every_row(client: httpx.Client, answered: Any, form: str) -> None:
    import pandas as pd

    response = client.get(answered["links"]["download"], params={"format": form})
    assert response.status_code == 200
    assert f".{form}" in response.headers["content-disposition"]
    assert response.headers["x-row-count"] == "2"
    readers: dict[str, Callable[[io.BytesIO], pd.DataFrame]] = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "xlsx": lambda file: pd.read_excel(file, engine="calamine"),
        "json": pd.read_json,
        "jsonl": lambda file: pd.read_json(file, lines=True),
    }
    frame = readers[form](io.BytesIO(response.content))
    assert sorted(frame.iloc[:, 1]) == [22500, 22650]


def test_the_chart_as_specification_and_picture(client: httpx.Client, answered: Any) -> None:
    chart = answered["links"]["chart"]
    assert "vega-lite" in client.get(chart).json()["$schema"]
    assert client.get(chart, params={"format": "png"}).content.startswith(b"\x89PNG")
    assert "<svg" in client.get(chart, params={"format": "svg"}).text


def test_logs_are_those_of_the_run(client: httpx.Client, answered: Any) -> None:
    assert set(client.get(answered["links"]["logs"]).json()) >= {"stdout", "stderr", "engine"}


def test_polling_and_the_stream_show_the_same(client: httpx.Client, answered: Any) -> None:
    with client.stream("GET", answered["links"]["events"]) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = list(Events(response))
    assert [e["id"] for e in events] == list(range(1, len(events) + 1))
    assert [e["sequence"] for e in events] == [e["id"] for e in events]
    assert events[-1]["state"] == answered["state"]
    (result,) = [e for e in events if e["kind"] == "result"]
    assert result["data"]["result"]["rows"] == answered["answer"]["rows"]


def test_a_client_disconnects_resumes_and_cancels(
    server: Server, client: httpx.Client, slow_script: str
) -> None:
    turn = begin(client, slow_script)
    with client.stream("GET", turn["links"]["events"]) as response:
        seen = list(itertools.islice(Events(response), 3))
    until_running(client, turn)
    headers = {"Last-Event-ID": str(seen[-1]["id"])}
    with client.stream("GET", turn["links"]["events"], headers=headers) as response:
        events = iter(Events(response))
        following = next(events)
        assert following["id"] == seen[-1]["id"] + 1
        before = server.processes()
        started = time.monotonic()
        stopped = client.post(turn["links"]["cancel"]).json()
        assert time.monotonic() - started < 2.5
        assert stopped["state"] == "cancelled"
        rest = list(events)
    assert rest[-1]["state"] == "cancelled"
    ids = [e["id"] for e in (*seen, following, *rest)]
    assert ids == list(range(1, len(ids) + 1))
    parent = server.processes()[0]
    assert gone([p for p in before if p.pid != parent.pid], 2)
    last = {"Last-Event-ID": str(ids[-1])}
    assert client.get(turn["links"]["events"], headers=last).status_code == 204
    assert client.delete(turn["links"]["cancel"]).json()["state"] == "cancelled"


def test_silence_is_filled_with_signs_of_life(client: httpx.Client, slow_script: str) -> None:
    blocking = [begin(client, slow_script) for _ in range(2)]
    waiting = begin(client, slow_script)
    with client.stream("GET", waiting["links"]["events"]) as response:
        lines = (line for line in response.iter_lines() if "waiting at 1" in line)
        assert next(lines).startswith(":")
    assert client.get(waiting["links"]["self"]).json()["position"] == 1
    assert client.post(waiting["links"]["cancel"]).json()["state"] == "cancelled"
    for turn in blocking:
        client.post(turn["links"]["cancel"])
        assert until_finished(client, turn)["state"] == "cancelled"


def test_a_repeated_request_finds_its_turn(client: httpx.Client, orders: Path) -> None:
    body = {"prompt": QUESTION, "sources": [str(orders)]}
    key = {"Idempotency-Key": "abc-123"}
    first = client.post("/spark/generate", json=body, headers=key).json()
    again = client.post("/spark/generate", json=body | {"wait": 60}, headers=key).json()
    assert (again["session_id"], again["turn"]) == (first["session_id"], first["turn"])
    other = client.post("/spark/generate", json=body | {"prompt": "other"}, headers=key)
    assert other.status_code == 409
    assert other.json()["code"] == "conflict"


def test_a_turn_is_retried_with_one_call(client: httpx.Client, slow_script: str) -> None:
    turn = begin(client, slow_script)
    assert client.post(f"{turn['links']['self']}/retry").status_code == 409
    client.post(turn["links"]["cancel"])
    until_finished(client, turn)
    again = client.post(f"{turn['links']['self']}/retry")
    assert again.status_code == 202
    assert (again.json()["turn"], again.json()["retry_of"]) == (2, 1)
    client.post(again.json()["links"]["cancel"])
    assert until_finished(client, again.json())["state"] == "cancelled"


def test_feedback_is_kept(client: httpx.Client, answered: Any) -> None:
    at = f"{answered['links']['self']}/feedback"
    client.post(at, json={"verdict": "right"}).raise_for_status()
    client.post(at, json={"verdict": "wrong", "comment": "no"}).raise_for_status()
    kept = client.get(answered["links"]["self"]).json()["feedback"]
    assert (kept["verdict"], kept["comment"]) == ("wrong", "no")


def test_steps_are_logged_without_what_was_asked(
    server: Server, client: httpx.Client, orders: Path
) -> None:
    body = {"prompt": "total amount in the North", "sources": [str(orders)], "wait": 60}
    response = client.post("/spark/generate", json=body, headers={"X-Request-ID": "request-7"})
    assert response.headers["x-request-id"] == "request-7"
    lines = [line for line in server.lines() if line.get("request_id") == "request-7"]
    states = [
        line["state"] for line in lines if line["event"] == "turn" and line["kind"] == "state"
    ]
    assert states == ["profiling", "generating", "validating", "placing", "running", "completed"]
    assert all(line["session_id"] for line in lines if line["event"] == "turn")
    assert "North" not in json.dumps(lines)
