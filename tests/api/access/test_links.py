"""Shared links."""

import threading
import time
from pathlib import Path

import jwt
import pytest

from spark_interpreter.api.access import Access, Caller
from spark_interpreter.errors import Forbidden
from spark_interpreter.stores.access import AccessStore
from tests.api.access.support import audit_lines, bearer, serving, settings_of

KIM = Caller("kim", "analyst", "jwt")


@pytest.fixture
def access(tmp_path: Path) -> Access:
    return Access(settings_of(tmp_path, share_hours=2))


def test_a_link_shows_what_was_shared(access: Access) -> None:
    link = access.links.open(access.links.sign(KIM, "kim", "session-1", hours=1))
    assert (link.session_id, link.owner) == ("session-1", "kim")
    assert link.expires.timestamp() == pytest.approx(time.time() + 3600, abs=5)


def test_no_link_lasts_longer_than_the_setting(access: Access) -> None:
    for hours in (None, 1000):
        link = access.links.open(access.links.sign(KIM, "kim", "session-1", hours=hours))
        assert link.expires.timestamp() == pytest.approx(time.time() + 7200, abs=5)


def test_bad_links_do_not_work(access: Access, tmp_path: Path) -> None:
    good = access.links.sign(KIM, "kim", "session-1")
    secret = (tmp_path / "data/links.key").read_text()
    claims = jwt.decode(good, options={"verify_signature": False})
    other = Access(settings_of(tmp_path / "other")).links.sign(KIM, "kim", "session-1")
    bad = {
        "over": access.links.sign(KIM, "kim", "session-1", hours=-1),
        "cut": good[:-2],
        "of another service": other,
        "unsigned": jwt.encode(claims, "", "none"),
        "other algorithm": jwt.encode(claims, secret, "HS512"),
        "other purpose": jwt.encode(claims | {"aud": "other"}, secret, "HS256"),
        "no end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, secret, "HS256"),
        "text": "x",
    }
    for token in bad.values():
        with pytest.raises(Forbidden, match="does not work"):
            access.links.open(token)


def test_a_link_ends_with_the_key_of_who_shared(access: Access) -> None:
    key, _ = access.store.create_key("kim", "analyst")
    token = access.links.sign(Caller("kim", "analyst", "key", key.id), "kim", "session-1")
    assert access.links.open(token).owner == "kim"
    access.store.revoke_key(key.id)
    with pytest.raises(Forbidden):
        access.links.open(token)


def test_the_secret_is_private_and_made_once(tmp_path: Path) -> None:
    accesses = [Access(settings_of(tmp_path)) for _ in range(8)]
    tokens: list[str] = []

    def sign(access: Access) -> None:
        tokens.append(access.links.sign(KIM, "kim", "session-1"))

    threads = [threading.Thread(target=sign, args=(access,)) for access in accesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(accesses[0].links.open(token) for token in tokens)
    assert len(tokens) == 8
    secrets = list((tmp_path / "data").glob("links.key*"))
    assert [path.name for path in secrets] == ["links.key"]
    assert secrets[0].stat().st_mode & 0o077 == 0


def test_opening_needs_a_caller_and_is_not_written_down(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, host="0.0.0.0")
    store = AccessStore.of(settings.data_dir)
    _, viewer = store.create_key("eve", "viewer")
    with serving(settings) as client:
        access = Access(settings)
        token = access.links.sign(KIM, "kim", "session-1")
        assert client.get(f"/shared/{token}").status_code == 401
        assert client.get(f"/shared/{token}", headers=bearer(viewer)).json() == "session-1"
        assert client.get(f"/shared/{token}x", headers=bearer(viewer)).status_code == 403
    written = "".join(p.read_text() for p in (settings.data_dir / "audit").iterdir())
    assert {line["path"] for line in audit_lines(settings)} == {"/shared/…"}
    assert token not in written
    store.close()
