"""Signed tokens: those of an identity provider, and those a load balancer makes of them."""

import re
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import jwt
from jwt.exceptions import PyJWKClientConnectionError, PyJWTError

from spark_interpreter.errors import NotAuthenticated, ProviderUnavailable
from spark_interpreter.model.access import AccessSettings, AlbSettings, JwtSettings, Role

Claims = Mapping[str, Any]

_KEY_SECONDS = 300
_TIMEOUT_SECONDS = 5
_PAUSE_SECONDS = 5
"""For so long nobody asks again for keys that could not be read."""

_RANK: tuple[Role, ...] = ("viewer", "analyst", "admin")
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_MOST_ALB_KEYS = 16


class _Pause:
    """Keeps a broken provider from being asked with every request."""

    def __init__(self) -> None:
        self._until = 0.0

    def check(self) -> None:
        if time.monotonic() < self._until:
            raise _unavailable()

    def begin(self) -> ProviderUnavailable:
        self._until = time.monotonic() + _PAUSE_SECONDS
        return _unavailable()


class Tokens:
    """Checks tokens of an identity provider (OIDC)."""

    def __init__(self, settings: JwtSettings) -> None:
        self._settings = settings
        self._pause = _Pause()
        self._keys = jwt.PyJWKClient(
            settings.jwks_url, lifespan=_KEY_SECONDS, timeout=_TIMEOUT_SECONDS
        )

    def claims(self, token: str) -> Claims:
        """What a valid token says.

        Raises:
            NotAuthenticated: its signature, issuer, audience or time is wrong.
            ProviderUnavailable: the keys cannot be read now.
        """
        try:
            claims: Claims = jwt.decode(
                token,
                self._key(token),
                algorithms=list(self._settings.algorithms),
                issuer=self._settings.issuer,
                leeway=self._settings.leeway_seconds,
                options={
                    "require": ["exp", "iss", self._settings.owner_claim],
                    "verify_aud": False,  # Cognito's access tokens have none
                },
            )
        except PyJWTError as exc:
            raise _refused(exc) from exc
        if not _audiences(claims) & set(self._settings.audience):
            raise _refused("it is for another audience")
        return claims

    def _key(self, token: str) -> jwt.PyJWK:
        self._pause.check()
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except PyJWKClientConnectionError as exc:
            raise self._pause.begin() from exc


class AlbTokens:
    """Checks the header by which an Application Load Balancer says who the user is."""

    def __init__(self, settings: AlbSettings, issuer: str) -> None:
        self._arn = settings.arn
        self._issuer = issuer
        region = [*settings.arn.split(":"), *[""] * 4][3]
        default = f"https://public-keys.auth.elb.{region}.amazonaws.com"
        self._url = (settings.keys_url or default).rstrip("/")
        self._keys: dict[str, str] = {}
        self._pause = _Pause()

    def claims(self, token: str) -> Claims:
        """What a valid header says.

        Raises:
            NotAuthenticated: another signer, issuer or key made it, or its time is over.
            ProviderUnavailable: the load balancer's key cannot be read now.
        """
        try:
            header = jwt.get_unverified_header(token)
            if header.get("signer") != self._arn:
                raise _refused("another load balancer signed it")
            if self._issuer and header.get("iss") != self._issuer:
                raise _refused("it is of another issuer")
            claims: dict[str, Any] = jwt.decode(
                token, self._key(str(header.get("kid"))), algorithms=["ES256"],
                options={"require": ["sub"], "verify_aud": False, "verify_iss": False},
            )  # fmt: skip
        except PyJWTError as exc:
            raise _refused(exc) from exc
        expires = claims.get("exp", header.get("exp"))
        if not isinstance(expires, int | float) or expires <= time.time():
            raise _refused("its time is over")
        return claims

    def _key(self, kid: str) -> str:
        if not _KEY_ID.fullmatch(kid):
            raise _refused("its key has no proper id")
        known = self._keys
        if kid not in known:
            key = self._fetched(kid)
            self._keys = known = {**(known if len(known) < _MOST_ALB_KEYS else {}), kid: key}
        return known[kid]

    def _fetched(self, kid: str) -> str:
        self._pause.check()
        try:
            with urlopen(f"{self._url}/{kid}", timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                return str(answer.read(16_384).decode("ascii", "replace"))
        except HTTPError as exc:
            exc.close()
            raise _refused("its key is not known") from exc
        except (OSError, HTTPException) as exc:
            raise self._pause.begin() from exc


def role_of(claims: Claims, settings: AccessSettings) -> Role:
    """The highest role that the claim stands for; the default one if it has none."""
    value = claims.get(settings.jwt.role_claim, ())
    names = value.split() if isinstance(value, str) else value
    found = [settings.roles[name] for name in _texts(names) if name in settings.roles]
    return max(found, key=_RANK.index, default=settings.default_role)


def _audiences(claims: Claims) -> set[str]:
    if "aud" in claims:
        return set(_texts(claims["aud"]))
    return set(_texts(claims.get("client_id"))) if claims.get("token_use") == "access" else set()


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def _refused(why: object) -> NotAuthenticated:
    return NotAuthenticated(f"The token is not valid: {why}.", remedy="Sign in again.")


def _unavailable() -> ProviderUnavailable:
    return ProviderUnavailable(
        "The public keys of the identity provider cannot be read now.",
        remedy="Try again in a few seconds; else check the address of the keys.",
    )
