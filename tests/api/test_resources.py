"""Uploads, sources, sessions, sharing, and what operators look at."""

import uuid
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.xdist_group("service")


def ask(client: httpx.Client, prompt: str, *sources: str) -> dict[str, str]:
    body = {"prompt": prompt, "sources": sources, "wait": 60, "mode": "script"}
    found: dict[str, str] = client.post("/spark/generate", json=body).raise_for_status().json()
    return found


def test_an_upload_is_asked_of(client: httpx.Client, orders: Path) -> None:
    kept = client.post("/spark/upload", files={"file": ("../My Orders!.csv", orders.read_bytes())})
    assert kept.status_code == 201
    upload, profile = kept.json()["upload"], kept.json()["profile"]
    assert upload["name"] == "My Orders_.csv"
    assert profile["format"] == "csv"
    assert [c["name"] for c in profile["columns"]] == ["order_id", "day", "region", "amount"]
    assert upload in client.get("/sources").json()["uploads"]
    body = {"prompt": "total amount by region", "sources": [upload["uri"]], "wait": 60}
    turn = client.post("/spark/generate", json=body).json()
    assert len(turn["answer"]["rows"]) == 2
    seen = client.get("/sources/profile", params={"uri": upload["uri"]}).json()
    assert seen["row_count"] == profile["row_count"]
    assert client.delete(f"/sources/{upload['id']}").status_code == 204
    assert client.get("/sources/profile", params={"uri": upload["uri"]}).status_code == 404


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"\x7fELF\x02\x01\x01" + bytes(100), 422), (b"a,b\n" * 400_000, 413)],
)
def test_uploads_that_are_refused(client: httpx.Client, content: bytes, status: int) -> None:
    before = client.get("/sources").json()
    response = client.post("/spark/upload", files={"file": ("x.csv", content)})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/sources").json() == before


def test_a_source_that_is_not_there(client: httpx.Client) -> None:
    response = client.get("/sources/profile", params={"uri": "/nowhere/orders.csv"})
    assert (response.status_code, response.json()["code"]) == (404, "source_not_found")


def test_sessions_are_paged_and_searched(client: httpx.Client, orders: Path) -> None:
    word = uuid.uuid4().hex
    made = [ask(client, f"{word} {n}", str(orders))["session_id"] for n in range(5)]
    found, at = [], f"/sessions?search={word}&limit=2"
    while at:
        page = client.get(at).raise_for_status().json()
        assert len(page["sessions"]) <= 2
        found += [session["session_id"] for session in page["sessions"]]
        at = page["next"]
    assert found == made[::-1]


def test_a_session_is_renamed_shared_and_deleted(client: httpx.Client, orders: Path) -> None:
    turn = ask(client, "total amount", str(orders))
    at = f"/sessions/{turn['session_id']}"
    assert client.patch(at, json={"title": "Mine"}).json()["title"] == "Mine"
    link = client.post(f"{at}/share", json={"hours": 1})
    assert link.status_code == 201
    shown = client.get(link.json()["path"]).json()
    assert shown["session"]["title"] == "Mine"
    assert shown["latest"]["links"] == {}
    one = client.get(f"{link.json()['path']}/1").json()
    assert one["answer"]["script"] == turn["answer"]["script"]  # type: ignore[index]
    assert client.get("/shared/nonsense").status_code == 403
    assert client.delete(at).status_code == 204
    assert client.get(f"/spark/result/{turn['session_id']}").status_code == 404
    assert client.get(link.json()["path"]).status_code == 404


def test_what_operators_look_at(client: httpx.Client, orders: Path) -> None:
    ask(client, "total amount", str(orders))
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/ready").json()
    assert ready["ready"], ready
    assert set(ready["checks"]) == {"accepting", "store", "artifacts", "engine"}
    assert "pysail" in client.get("/version").json()["engine"]
    local, *others = client.get("/platforms").json()["platforms"]
    assert (local["platform"], local["ready"]) == ("local", True)
    assert [(each["ready"], bool(each["remedy"])) for each in others] == [(False, True)] * 3
    metrics = client.get("/metrics").text
    assert 'spark_interpreter_requests_total{method="GET",route="/health",status="200"}' in metrics
    assert "spark_interpreter_turn_seconds_bucket" in metrics
