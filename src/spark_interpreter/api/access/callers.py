"""From a request's headers to its caller."""

import ipaddress
from collections.abc import Mapping

from spark_interpreter.api.access.caller import LOCAL_OWNER, Caller
from spark_interpreter.api.access.tokens import AlbTokens, Claims, Tokens, role_of
from spark_interpreter.errors import NotAuthenticated, SettingsError
from spark_interpreter.model.access import UNLIMITED, Quota, Role
from spark_interpreter.settings import Settings
from spark_interpreter.stores.access import KEY_PREFIX, AccessStore

_MOST_OWNER = 200


class Callers:
    """Recognises callers by API key, token or load balancer; on loopback also without."""

    def __init__(self, settings: Settings, store: AccessStore) -> None:
        access = settings.service.access
        self._settings = access
        self._store = store
        self._open = is_open(settings)
        self._tokens = Tokens(access.jwt) if access.jwt.issuer else None
        self._alb = AlbTokens(access.alb, access.jwt.issuer) if access.alb.arn else None

    def recognise(self, headers: Mapping[str, str], address: str) -> Caller | None:
        """The caller; None if nobody says who asks.

        Args:
            headers: names in lower case.
            address: where the connection comes from.

        Raises:
            NotAuthenticated: a key or token is there and not valid.
            ProviderUnavailable: a token cannot be checked now.
        """
        if self._alb and "x-amzn-oidc-data" in headers:
            return self._of_load_balancer(self._alb, headers)
        if text := _credential(headers):
            return self._of_key(text) if text.startswith(KEY_PREFIX) else self._of_token(text)
        if self._open and is_loopback(address):
            return self._caller(LOCAL_OWNER, "admin", "open")
        return None

    def _of_key(self, text: str) -> Caller:
        key = self._store.find_key(text)
        if key is None:
            raise NotAuthenticated(
                "The API key is not valid, or not any more.",
                remedy="Ask for another: `spark-interpreter keys create` makes one.",
            )
        return self._caller(key.owner, key.role, "key", key.id)

    def _of_token(self, text: str) -> Caller:
        if self._tokens is None:
            raise NotAuthenticated(
                "This service accepts no such token.",
                remedy="Send an API key, or configure the issuer of the tokens.",
            )
        claims = self._tokens.claims(text)
        return self._named(
            claims, self._settings.jwt.owner_claim, role_of(claims, self._settings), "jwt"
        )

    def _of_load_balancer(self, alb: AlbTokens, headers: Mapping[str, str]) -> Caller:
        claims = alb.claims(headers["x-amzn-oidc-data"])
        role = role_of({**self._provider_claims(claims, headers), **claims}, self._settings)
        return self._named(claims, "sub", role, "alb")

    def _provider_claims(self, user: Claims, headers: Mapping[str, str]) -> Claims:
        """What the provider's own token adds, such as groups; nothing if it is not for us."""
        token = headers.get("x-amzn-oidc-accesstoken")
        if token is None or self._tokens is None:
            return {}
        try:
            claims = self._tokens.claims(token)
        except NotAuthenticated:
            return {}
        return claims if claims.get("sub") == user.get("sub") else {}

    def _named(self, claims: Claims, claim: str, role: Role, via: str) -> Caller:
        owner = claims.get(claim)
        if not isinstance(owner, str) or not 0 < len(owner) <= _MOST_OWNER or owner == LOCAL_OWNER:
            raise NotAuthenticated(f"The token's claim {claim!r} names no user.")
        return self._caller(owner, role, via)

    def _caller(self, owner: str, role: Role, via: str, credential: str = "") -> Caller:
        return Caller(owner, role, via, credential, self._quota(owner, role, via))

    def _quota(self, owner: str, role: Role, via: str) -> Quota:
        quotas = self._settings.quotas
        fallback = UNLIMITED if via == "open" else quotas.get("*", self._settings.quota)
        return quotas.get(f"user:{owner}") or quotas.get(f"role:{role}") or fallback


def is_open(settings: Settings) -> bool:
    """Whether callers on this machine need no authentication."""
    service = settings.service
    return service.access.authentication == "auto" and is_loopback(service.host)


def requiring_authentication(settings: Settings) -> Settings:
    """The settings of a service that is called from elsewhere, whatever its address looks like."""
    access = settings.service.access.model_copy(update={"authentication": "required"})
    service = settings.service.model_copy(update={"access": access})
    return settings.model_copy(update={"service": service})


def check_start(settings: Settings, store: AccessStore) -> None:
    """See that nobody can come in unrecognised.

    Raises:
        SettingsError: authentication is needed, and there is no way to authenticate.
    """
    access = settings.service.access
    if is_open(settings) or access.jwt.issuer or access.alb.arn:
        return
    if not any(key.valid for key in store.list_keys()):
        raise SettingsError(
            f"Serving on {settings.service.host} needs authentication, and none is configured.",
            remedy=(
                "Make an API key with `spark-interpreter keys create USER`, or set "
                "SPARK_INTERPRETER_SERVICE__ACCESS__JWT__ISSUER, or listen on 127.0.0.1."
            ),
        )


def is_loopback(address: str) -> bool:
    """Whether an address or host name is this machine's own."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _credential(headers: Mapping[str, str]) -> str:
    if key := headers.get("x-api-key"):
        return key
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise NotAuthenticated(
            f"The authentication scheme {scheme[:20]!r} is not used here.",
            remedy="Send `Authorization: Bearer …` with an API key or a token.",
        )
    return text.strip()
