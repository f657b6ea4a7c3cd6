"""Host and Origin: requests that another web page makes in somebody's browser."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from spark_interpreter.api.access.callers import is_loopback, is_open
from spark_interpreter.errors import Forbidden
from spark_interpreter.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Sites:
    """Turns away requests under a foreign name (DNS rebinding) or from a foreign page (CSRF)."""

    def __init__(self, settings: Settings) -> None:
        access = settings.service.access
        self._loopback_only = is_open(settings)
        self._hosts = frozenset(host.lower() for host in access.allowed_hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in access.cors_origins)

    def check(self, method: str, headers: Mapping[str, str]) -> None:
        """See that the request is meant for this service by the page that makes it.

        Raises:
            Forbidden: it is not.
        """
        host = headers.get("host", "").lower()
        if not self._is_ours(host):
            raise Forbidden(
                f"This service is not called {host[:200]!r}.",
                remedy="Add the name to SPARK_INTERPRETER_SERVICE__ACCESS__ALLOWED_HOSTS.",
            )
        if method not in SAFE_METHODS and not self._from_own_page(host, headers):
            raise Forbidden(
                "A page of another origin may not do this.",
                remedy="Add the origin to SPARK_INTERPRETER_SERVICE__ACCESS__CORS_ORIGINS.",
            )

    def _is_ours(self, host: str) -> bool:
        """Any name will do where every caller has to show a key or token, unless some are set."""
        name = _name(host)
        if name in self._hosts:
            return True
        return is_loopback(name) if self._loopback_only else not self._hosts or is_loopback(name)

    def _from_own_page(self, host: str, headers: Mapping[str, str]) -> bool:
        """Browsers say where an unsafe request comes from; other clients say nothing."""
        if (origin := headers.get("origin", "").lower()) != "":
            return origin in self._origins or urlsplit(origin).netloc == host
        return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}


def _name(host: str) -> str:
    """The host without its port; empty if it is not one."""
    if set(host) & set("@/?#\\"):
        return ""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
