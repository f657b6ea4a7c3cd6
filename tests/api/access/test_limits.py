"""Rates, quotas and sizes."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from spark_interpreter.api.access import Access, Caller
from spark_interpreter.api.access.rates import Rates
from spark_interpreter.errors import LimitExceeded
from spark_interpreter.model.access import Quota
from spark_interpreter.stores.access import AccessStore
from tests.api.access.support import bearer, serving, settings_of

MIB = 1024 * 1024


def test_a_minutes_requests_may_come_at_once_and_then_trickle() -> None:
    at = 0.0
    rates = Rates(lambda: at)
    caller = Caller("kim", "analyst", "key", quota=Quota(requests_per_minute=6))
    for _ in range(6):
        rates.admit(caller)
    with pytest.raises(LimitExceeded) as limit:
        rates.admit(caller)
    assert limit.value.retry_after == 10
    at = 10.0
    rates.admit(caller)
    with pytest.raises(LimitExceeded):
        rates.admit(caller)
    rates.admit(Caller("ann", "analyst", "key", quota=Quota(requests_per_minute=1)))
    at = 10_000.0
    for _ in range(6):
        rates.admit(caller)
    with pytest.raises(LimitExceeded):
        rates.admit(caller)


def test_rates_of_users_who_are_gone_are_forgotten() -> None:
    at = 0.0
    rates = Rates(lambda: at)
    for number in range(10_000):
        rates.take(f"user-{number}", 60)
    at = 100.0
    rates.take("another", 60)
    assert len(rates._buckets) == 1


def test_a_user_over_the_rate_is_told_when_to_come_back(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        host="0.0.0.0",
        quota={"requests_per_minute": 3},
        quotas={"role:admin": {"requests_per_minute": 0}, "user:ann": {"requests_per_minute": 5}},
    )
    store = AccessStore.of(settings.data_dir)
    keys = {name: store.create_key(name, "analyst")[1] for name in ("kim", "ann")}
    keys["root"] = store.create_key("root", "admin")[1]
    store.close()
    with serving(settings) as client:
        counts = {
            name: [client.get("/me", headers=bearer(key)).status_code for _ in range(8)].count(200)
            for name, key in keys.items()
        }
        assert counts == {"kim": 3, "ann": 5, "root": 8}
        refused = client.get("/me", headers=bearer(keys["kim"]))
        assert refused.status_code == 429
        assert refused.json()["code"] == "limit_exceeded"
        assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_the_open_service_has_no_rate(tmp_path: Path) -> None:
    with serving(settings_of(tmp_path, quota={"requests_per_minute": 1})) as client:
        assert [client.get("/me").status_code for _ in range(5)] == [200] * 5


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = settings_of(tmp_path_factory.mktemp("small"), request_kb=2)
    with serving(settings) as client:
        yield client


def in_parts(size: int) -> Iterator[bytes]:
    """A body whose size is not announced."""
    yield b'{"text": "'
    for _ in range(size // 512):
        yield b"x" * 512
    yield b'"}'


def test_requests_have_a_size_limit(small: httpx.Client) -> None:
    assert small.post("/ask", json={"text": "x" * 1000}).status_code == 200
    refused = small.post("/ask", json={"text": "x" * 3000})
    assert refused.status_code == 413
    assert refused.json()["code"] == "request_too_large"
    assert "2 KiB" in refused.json()["detail"]


def test_the_size_is_counted_where_it_is_not_announced(small: httpx.Client) -> None:
    json = {"content-type": "application/json"}
    assert small.post("/ask", content=in_parts(1024), headers=json).status_code == 200
    refused = small.post("/ask", content=in_parts(4096), headers=json)
    assert refused.status_code == 413
    assert refused.json()["code"] == "request_too_large"


def test_uploads_have_a_limit_of_their_own(small: httpx.Client) -> None:
    assert small.post("/spark/upload", files={"file": b"x" * MIB}).json() == MIB
    refused = small.post("/spark/upload", files={"file": b"x" * (MIB + 100_000)})
    assert refused.status_code == 413


def test_uploads_of_a_day_are_counted(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, host="0.0.0.0", quota={"upload_mb_per_day": 2})
    store = AccessStore.of(settings.data_dir)
    _, kim = store.create_key("kim", "analyst")
    _, ann = store.create_key("ann", "analyst")
    with serving(settings) as client:

        def upload(key: str) -> httpx.Response:
            return client.post("/spark/upload", files={"file": b"x" * 900_000}, headers=bearer(key))

        assert [upload(kim).status_code for _ in range(3)] == [200, 200, 429]
        assert upload(ann).status_code == 200
        refused = upload(kim)
        assert refused.json()["code"] == "limit_exceeded"
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert 1_800_000 < store.usage("kim").upload_bytes < 2 * MIB
    store.close()


def test_uploads_that_are_not_announced_are_counted_too(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, quotas={"user:local": {"upload_mb_per_day": 1}})
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}

    def parts() -> Iterator[bytes]:
        yield form + b"x" * 600_000 + b"\r\n--b--\r\n"

    with serving(settings) as client:
        statuses = [
            client.post("/spark/upload", content=parts(), headers=headers).status_code
            for _ in range(3)
        ]
    assert statuses == [200, 200, 429]


def test_what_models_may_cost_a_day(tmp_path: Path) -> None:
    access = Access(settings_of(tmp_path))
    caller = Caller("kim", "analyst", "key", quota=Quota(model_cost_per_day=1))
    access.admit_turn(caller)
    access.add_model_cost("kim", 0.6)
    access.admit_turn(caller)
    access.add_model_cost("kim", 0.6)
    with pytest.raises(LimitExceeded, match="1 US dollars"):
        access.admit_turn(caller)
    access.admit_turn(Caller("ann", "analyst", "key", quota=Quota(model_cost_per_day=1)))
    access.admit_turn(Caller("kim", "admin", "key", quota=Quota(model_cost_per_day=0)))
    access.close()
