"""DNS rebinding and cross-site requests."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from spark_interpreter.api.access.sites import Sites
from spark_interpreter.errors import Forbidden
from tests.api.access.support import bearer, serving, settings_of


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(settings_of(tmp_path_factory.mktemp("sites"))) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "[::1]:80", "127.1.2.3", "LOCALHOST"]
)
def test_the_names_of_loopback_are_ours(client: httpx.Client, host: str) -> None:
    assert client.get("/me", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "127.0.0.1.attacker.example",
        "localhost.attacker.example:8000",
        "attacker.example@127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "[",
    ],
)
def test_a_rebound_name_is_refused(client: httpx.Client, host: str) -> None:
    refused = client.get("/me", headers={"host": host})
    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden"


def test_a_rebound_name_cannot_ask_either(client: httpx.Client) -> None:
    headers = {"host": "attacker.example", "origin": "http://attacker.example"}
    assert client.post("/ask", json={"text": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://attacker.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://attacker.example", "content-type": "text/plain"},
    ],
    ids=str,
)
def test_a_foreign_page_cannot_ask(client: httpx.Client, headers: dict[str, str]) -> None:
    refused = client.post("/ask", content='{"text": "x"}', headers=headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden"


def test_the_own_page_and_programs_can_ask(client: httpx.Client) -> None:
    own = f"{client.base_url}".rstrip("/")
    for headers in ({}, {"origin": own}, {"origin": own, "sec-fetch-site": "same-origin"}):
        assert client.post("/ask", json={"text": "x"}, headers=headers).status_code == 200


def test_names_and_origins_can_be_configured(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        host="0.0.0.0",
        allowed_hosts=["Spark.Example"],
        cors_origins=["https://tools.example"],
    )
    sites = Sites(settings)
    sites.check("POST", {"host": "spark.example", "origin": "https://tools.example"})
    with pytest.raises(Forbidden, match=r"'other\.example'"):
        sites.check("GET", {"host": "other.example"})


def test_a_service_with_authentication_takes_any_name_unless_some_are_set(tmp_path: Path) -> None:
    sites = Sites(settings_of(tmp_path, host="0.0.0.0"))
    sites.check("GET", {"host": "10.1.2.3"})
    with pytest.raises(Forbidden):
        sites.check("POST", {"host": "10.1.2.3", "origin": "https://attacker.example"})


def test_cross_origin_reading_is_off_unless_configured(tmp_path: Path) -> None:
    asked = {"origin": "https://tools.example", "access-control-request-method": "POST"}
    with serving(settings_of(tmp_path)) as client:
        closed = client.get("/me", headers={"origin": "https://tools.example"})
        assert "access-control-allow-origin" not in closed.headers
        assert "access-control-allow-origin" not in client.options("/ask", headers=asked).headers
    with serving(settings_of(tmp_path, cors_origins=["https://tools.example"])) as client:
        preflight = client.options("/ask", headers=asked)
        assert preflight.headers["access-control-allow-origin"] == "https://tools.example"
        assert "access-control-allow-credentials" not in preflight.headers
        refused = client.get("/me", headers={"origin": "https://tools.example", **bearer("sci_x")})
        assert refused.headers["access-control-allow-origin"] == "https://tools.example"
        foreign = client.options("/ask", headers=asked | {"origin": "https://attacker.example"})
        assert "access-control-allow-origin" not in foreign.headers


def test_every_response_has_the_security_headers(client: httpx.Client) -> None:
    for response in (
        client.get("/life"),
        client.get("/missing"),
        client.get("/me", headers={"host": "attacker.example"}),
        client.post("/ask", json=1),
    ):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        assert "strict-transport-security" not in response.headers


def test_transport_security_is_asked_for_behind_tls(client: httpx.Client) -> None:
    secure = client.get("/life", headers={"x-forwarded-proto": "https"})
    assert "max-age" in secure.headers["strict-transport-security"]
