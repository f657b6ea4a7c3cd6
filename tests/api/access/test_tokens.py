"""Tokens of an identity provider, and the signed headers of a load balancer."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import ValidationError

from spark_interpreter.api.access.tokens import role_of
from spark_interpreter.model.access import AccessSettings, JwtSettings
from tests.api.access.support import (
    ISSUER,
    Provider,
    bearer,
    identity_provider,
    serving,
    settings_of,
)

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/team/50dc6c495c0c9188"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def client(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = settings_of(
        tmp_path_factory.mktemp("tokens"),
        host="0.0.0.0",
        jwt=provider.settings(),
        alb={"arn": ARN, "keys_url": f"{provider.url}/alb"},
        roles={"data-team": "analyst", "operators": "admin"},
    )
    with serving(settings) as client:
        yield client


def test_a_good_token_says_who_asks(client: httpx.Client, provider: Provider) -> None:
    me = client.get("/me", headers=bearer(provider.token()))
    assert me.json() == {"owner": "kim", "role": "viewer", "via": "jwt"}


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["data-team"], "analyst"), (["x", "operators", "data-team"], "admin"),
     ("a data-team", "analyst"), (["admin"], "viewer"), ([], "viewer"), ([1, None], "viewer"),
     ({"admin": 1}, "viewer")],
)  # fmt: skip
def test_groups_stand_for_roles(
    client: httpx.Client, provider: Provider, groups: object, role: str
) -> None:
    changes: dict[str, Any] = {"cognito:groups": groups}
    token = provider.token(**changes)
    assert client.get("/me", headers=bearer(token)).json()["role"] == role


def test_access_tokens_of_cognito_name_their_client(
    client: httpx.Client, provider: Provider
) -> None:
    good = provider.token(aud=None, client_id="spark-app", token_use="access")
    assert client.get("/me", headers=bearer(good)).status_code == 200
    for wrong in (
        provider.token(aud=None, client_id="other", token_use="access"),
        provider.token(aud=None, client_id="spark-app", token_use="id"),
        provider.token(aud="other", client_id="spark-app", token_use="access"),
    ):
        assert client.get("/me", headers=bearer(wrong)).status_code == 401


def symmetric(provider: Provider) -> str:
    """Signed with the public key as if it were a shared secret."""
    header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
    parts = [_encoded(json.dumps(part).encode()) for part in (header, provider.claims())]
    signed = b".".join(parts)
    key = provider.public_pem(provider.rsa).encode()
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return b".".join([signed, _encoded(algorithm.sign(signed, key))]).decode()


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def altered(provider: Provider) -> str:
    head, _, signature = provider.token().split(".")
    return (
        f"{head}.{_encoded(json.dumps(provider.claims(sub='admin')).encode()).decode()}.{signature}"
    )


def other_key(provider: Provider) -> Any:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


BAD: dict[str, Callable[[Provider], str]] = {
    "issuer": lambda p: p.token(iss="https://attacker.example"),
    "no issuer": lambda p: p.token(iss=None),
    "audience": lambda p: p.token(aud="another"),
    "audiences": lambda p: p.token(aud=["another", "spar"]),
    "no audience": lambda p: p.token(aud=None),
    "expired": lambda p: p.token(exp=int(time.time()) - 5),
    "no expiry": lambda p: p.token(exp=None),
    "not yet": lambda p: p.token(nbf=int(time.time()) + 60),
    "from the future": lambda p: p.token(iat=int(time.time()) + 60),
    "no subject": lambda p: p.token(sub=None),
    "empty subject": lambda p: p.token(sub=""),
    "the local owner": lambda p: p.token(sub="local"),
    "key": lambda p: jwt.encode(p.claims(), other_key(p), "RS256", headers={"kid": "one"}),
    "unknown key": lambda p: jwt.encode(p.claims(), other_key(p), "RS256", headers={"kid": "two"}),
    "no key id": lambda p: jwt.encode(p.claims(), p.rsa, "RS256"),
    "key in the token": lambda p: jwt.encode(
        p.claims(), other_key(p), "RS256",
        headers={"kid": "mine", "jku": f"{p.url}/keys.json", "jwk": {"kty": "oct", "k": "AA"}},
    ),
    "algorithm none": lambda p: jwt.encode(p.claims(), "", "none", headers={"kid": "one"}),
    "other algorithm": lambda p: jwt.encode(p.claims(), p.rsa, "RS512", headers={"kid": "one"}),
    "public key as secret": symmetric,
    "altered": altered,
    "no signature": lambda p: p.token().rpartition(".")[0] + ".",
    "two parts": lambda p: p.token().rpartition(".")[0],
    "text": lambda p: "not-a-token",
}  # fmt: skip


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_wrong_token_is_refused(
    client: httpx.Client, provider: Provider, make: Callable[[Provider], str]
) -> None:
    refused = client.get("/me", headers=bearer(make(provider)))
    assert refused.status_code == 401, refused.text
    assert refused.json()["code"] == "not_authenticated"


def test_the_keys_are_not_read_again_for_every_unknown_one(
    client: httpx.Client, provider: Provider
) -> None:
    client.get("/me", headers=bearer(provider.token()))
    before = provider.requests
    for number in range(10):
        token = provider.token(kid=f"unknown-{number}")
        assert client.get("/me", headers=bearer(token)).status_code == 401
    assert provider.requests <= before + 1


def test_a_provider_out_of_reach_is_said_so(tmp_path: Path, provider: Provider) -> None:
    unreachable = provider.settings() | {"jwks_url": "http://127.0.0.1:1/keys.json"}
    with serving(settings_of(tmp_path, host="0.0.0.0", jwt=unreachable)) as client:
        for _ in range(2):
            failed = client.get("/me", headers=bearer(provider.token()))
            assert failed.status_code == 503
            assert failed.json()["code"] == "provider_unavailable"


def test_tokens_are_refused_where_no_issuer_is_configured(
    tmp_path: Path, provider: Provider
) -> None:
    with serving(settings_of(tmp_path)) as client:
        assert client.get("/me", headers=bearer(provider.token())).status_code == 401


@pytest.mark.parametrize("algorithms", [("HS256",), ("none",), ("RS256", "HS512"), ()])
def test_only_signatures_with_a_public_key_can_be_configured(algorithms: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        JwtSettings(algorithms=algorithms)


def test_an_issuer_needs_an_audience_and_keys() -> None:
    with pytest.raises(ValidationError, match="audience"):
        JwtSettings(issuer=ISSUER)


def test_the_default_role_is_a_setting() -> None:
    assert role_of({}, AccessSettings(default_role="analyst")) == "analyst"


# --- the load balancer ----------------------------------------------------------------------


def alb_header(
    provider: Provider, key: Any = None, algorithm: str = "ES256", **changes: Any
) -> dict[str, str]:
    named = {"kid": "key-1", "signer": ARN, "iss": ISSUER, "exp": int(time.time()) + 60}
    header = {name: changes.pop(name, value) for name, value in named.items()}
    claims = {"sub": "ann", "email": "ann@team.example"} | changes
    token = jwt.encode(claims, key or provider.ec, algorithm, headers=header)
    return {"x-amzn-oidc-data": token, "x-amzn-oidc-identity": "ann"}


def test_a_load_balancer_says_who_asks(client: httpx.Client, provider: Provider) -> None:
    me = client.get("/me", headers=alb_header(provider))
    assert me.json() == {"owner": "ann", "role": "viewer", "via": "alb"}


def test_the_padded_tokens_of_a_load_balancer_are_read(
    client: httpx.Client, provider: Provider
) -> None:
    """AWS keeps the padding of Base64, and signs it."""
    header = {
        "alg": "ES256", "kid": "key-1", "signer": ARN, "iss": ISSUER, "exp": int(time.time()) + 60,
    }  # fmt: skip
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, {"sub": "anna"})
    ]
    assert any(part.endswith(b"=") for part in parts)
    signed = b".".join(parts)
    es256 = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    token = b".".join([signed, base64.urlsafe_b64encode(es256.sign(signed, provider.ec))]).decode()
    assert client.get("/me", headers={"x-amzn-oidc-data": token}).json()["owner"] == "anna"


def test_groups_come_from_the_token_that_travels_along(
    client: httpx.Client, provider: Provider
) -> None:
    groups: dict[str, Any] = {"cognito:groups": ["operators"], "token_use": "access"}
    own = provider.token(sub="ann", aud=None, client_id="spark-app", **groups)
    others = provider.token(sub="kim", aud=None, client_id="spark-app", **groups)
    for token, role in ((own, "admin"), (others, "viewer"), ("opaque", "viewer")):
        headers = alb_header(provider) | {"x-amzn-oidc-accesstoken": token}
        assert client.get("/me", headers=headers).json()["role"] == role


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": ARN.replace("team", "attacker")},
        {"iss": "https://attacker.example"},
        {"exp": int(time.time()) - 5},
        {"exp": None},
        {"kid": "../keys.json"},
        {"kid": "key-2"},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"key": "a secret that is long enough for this", "algorithm": "HS256"},
        {"sub": None},
    ],
    ids="-".join,
)
def test_a_wrong_header_of_a_load_balancer_is_refused(
    client: httpx.Client, provider: Provider, changes: dict[str, Any]
) -> None:
    assert client.get("/me", headers=alb_header(provider, **changes)).status_code == 401


def test_the_plain_headers_of_a_load_balancer_say_nothing(client: httpx.Client) -> None:
    assert client.get("/me", headers={"x-amzn-oidc-identity": "ann"}).status_code == 401


def test_a_load_balancer_that_is_not_configured_is_not_believed(
    tmp_path: Path, provider: Provider
) -> None:
    settings = settings_of(tmp_path, host="0.0.0.0", jwt=provider.settings())
    with serving(settings) as client:
        assert client.get("/me", headers=alb_header(provider)).status_code == 401
