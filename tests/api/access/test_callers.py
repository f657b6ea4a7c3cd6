"""API keys, the open service on loopback, and the rule of starting."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from spark_interpreter.api.access import Access
from spark_interpreter.errors import SettingsError
from spark_interpreter.settings import Settings
from spark_interpreter.stores.access import AccessStore
from tests.api.access.support import audit_lines, bearer, serving, settings_of


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_of(tmp_path_factory.mktemp("callers"), host="0.0.0.0")


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[AccessStore]:
    store = AccessStore.of(settings.data_dir)
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(settings: Settings, store: AccessStore) -> Iterator[httpx.Client]:
    store.create_key("somebody", "viewer")
    with serving(settings) as client:
        yield client


def test_a_key_says_who_asks(client: httpx.Client, store: AccessStore) -> None:
    _, text = store.create_key("kim", "analyst")
    expected = {"owner": "kim", "role": "analyst", "via": "key"}
    assert client.get("/me", headers=bearer(text)).json() == expected
    assert client.get("/me", headers={"X-API-Key": text}).json() == expected


def test_nobody_comes_in_without(client: httpx.Client) -> None:
    refused = client.get("/me")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "not_authenticated"
    assert client.get("/life").status_code == 200
    assert client.post("/ask", json={"text": "x"}).status_code == 401


def test_bad_keys_are_refused(client: httpx.Client, store: AccessStore) -> None:
    key, text = store.create_key("kim", "admin")
    for wrong in (
        f"{text}x",
        text[:-1],
        text.upper(),
        f"sci_{key.id}_",
        "sci_",
        "sci_nobody_x",
        "x",
    ):
        assert client.get("/me", headers=bearer(wrong)).status_code == 401
    assert client.get("/me", headers={"authorization": "Basic a2ltOng="}).status_code == 401


def test_a_revoked_key_stops_working_at_once(client: httpx.Client, store: AccessStore) -> None:
    key, text = store.create_key("kim", "analyst")
    assert client.get("/me", headers=bearer(text)).status_code == 200
    store.revoke_key(key.id)
    assert client.get("/me", headers=bearer(text)).status_code == 401


def test_an_expired_key_does_not_work(client: httpx.Client, store: AccessStore) -> None:
    _, text = store.create_key("kim", "analyst", days=1e-9)
    assert client.get("/me", headers=bearer(text)).status_code == 401


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("viewer", [200, 403, 403]), ("analyst", [200, 200, 403]), ("admin", [200, 200, 200])],
)
def test_roles(client: httpx.Client, store: AccessStore, role: str, statuses: list[int]) -> None:
    _, text = store.create_key("kim", role)  # type: ignore[arg-type]
    headers = bearer(text)
    found = [
        client.get("/me", headers=headers),
        client.post("/ask", json={"text": "x"}, headers=headers),
        client.get("/everything", headers=headers),
    ]
    assert [response.status_code for response in found] == statuses


def test_an_unrecognised_caller_cannot_make_us_read_a_body(client: httpx.Client) -> None:
    refused = client.post("/spark/upload", files={"file": ("a.csv", b"x" * 500_000)})
    assert refused.status_code == 401


def test_a_viewer_cannot_either(client: httpx.Client, store: AccessStore) -> None:
    _, text = store.create_key("eve", "viewer")
    files = {"file": ("a.csv", b"x" * 500_000)}
    assert client.post("/spark/upload", files=files, headers=bearer(text)).status_code == 403
    assert store.usage("eve").upload_bytes == 0


def test_loopback_is_open_but_a_key_counts(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with serving(settings) as client:
        assert client.get("/me").json() == {"owner": "local", "role": "admin", "via": "open"}
        assert client.get("/me", headers=bearer("sci_no_key")).status_code == 401
        store = AccessStore.of(settings.data_dir)
        _, text = store.create_key("kim", "viewer")
        store.close()
        assert client.get("/me", headers=bearer(text)).json()["owner"] == "kim"


def test_the_open_service_is_open_for_callers_on_this_machine_only(tmp_path: Path) -> None:
    """A proxy on this machine says for whom it asks."""
    with serving(settings_of(tmp_path)) as client:
        assert client.get("/me", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 401


def test_authentication_can_be_required_on_loopback(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, authentication="required")
    with pytest.raises(SettingsError, match="needs authentication"):
        Access(settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "spark.example"])
def test_other_addresses_need_authentication(tmp_path: Path, host: str) -> None:
    settings = settings_of(tmp_path, host=host)
    with pytest.raises(SettingsError, match="keys create"):
        Access(settings)
    store = AccessStore.of(settings.data_dir)
    key, _ = store.create_key("kim", "analyst")
    Access(settings).close()
    store.revoke_key(key.id)
    with pytest.raises(SettingsError):
        Access(settings)
    store.close()


def test_the_command_starts_on_other_addresses_with_authentication_only(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable, "-c", "from spark_interpreter.cli.main import main; main()",
            "serve", "--host", "0.0.0.0", "--port", "0",
        ],
        env={**os.environ, "SPARK_INTERPRETER_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "needs authentication" in done.stderr
    assert "keys create" in done.stderr
    assert "Listening" not in done.stdout


def test_settings_of_access_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "SPARK_INTERPRETER_SERVICE__ACCESS__"
    monkeypatch.setenv(f"{name}ALLOW", '{"role:analyst": {"paths": ["/data"]}}')
    monkeypatch.setenv(f"{name}JWT__AUDIENCE", '["spark"]')
    monkeypatch.setenv(f"{name}QUOTAS", '{"user:Kim": {"running_turns": 1}}')
    access = Settings().service.access
    assert access.allow["role:analyst"].paths == ("/data",)
    assert access.jwt.audience == ("spark",)
    assert access.quotas["user:Kim"].running_turns == 1
    for wrong in ('{"analyst": {}}', '{"role:analyst": {"path": []}}'):
        monkeypatch.setenv(f"{name}ALLOW", wrong)
        with pytest.raises(ValidationError):
            Settings()


@pytest.mark.parametrize(
    "access",
    [
        {"jwt": {"issuer": "i", "audience": ("a",), "jwks_url": "http://127.0.0.1/keys"}},
        {"alb": {"arn": "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/y"}},
    ],
    ids=["jwt", "alb"],
)
def test_a_provider_is_enough_to_start(tmp_path: Path, access: dict[str, object]) -> None:
    Access(settings_of(tmp_path, host="0.0.0.0", **access)).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_loopback_addresses_start_open(tmp_path: Path, host: str) -> None:
    Access(settings_of(tmp_path, host=host)).close()


def test_refusals_and_changes_are_recorded_without_secrets(
    client: httpx.Client, settings: Settings, store: AccessStore
) -> None:
    key, text = store.create_key("audited", "analyst")
    client.post("/ask", json={"text": "patient Miller"}, headers=bearer(text))
    client.get("/everything?password=hunter2", headers=bearer(text))
    client.get("/me", headers=bearer(text))
    lines = [line for line in audit_lines(settings) if line["owner"] == "audited"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/ask", 200),
        ("GET", "/everything", 403),
    ]
    assert lines[0]["key"] == key.id
    assert lines[0]["address"] == "127.0.0.1"
    written = "".join(p.read_text() for p in (settings.data_dir / "audit").iterdir())
    for secret in (text, text.partition(f"{key.id}_")[2], "Miller", "hunter2"):
        assert secret not in written
