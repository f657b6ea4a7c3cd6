"""Who asks, and what their role may do."""

from dataclasses import dataclass, field
from enum import StrEnum

from spark_interpreter.model.access import Quota, Role

LOCAL_OWNER = "local"
"""The owner of what is asked on this machine: by the command line and by the open service."""


class Permission(StrEnum):
    """What a route asks of its caller. Every route declares one."""

    PUBLIC = "public"
    """Nothing: no caller is needed."""
    READ = "read"
    """Look at sessions, results and data sources."""
    ASK = "ask"
    """Change something of one's own: ask, run, upload, cancel, rename, delete, share, rate."""
    OPERATE = "operate"
    """Look at what concerns everybody: metrics."""
    MANAGE = "manage"
    """Change what concerns everybody: connections."""


_GRANTED: dict[Role, frozenset[Permission]] = {
    "viewer": frozenset({Permission.PUBLIC, Permission.READ}),
    "analyst": frozenset({Permission.PUBLIC, Permission.READ, Permission.ASK}),
    "admin": frozenset(Permission),
}


@dataclass(frozen=True)
class Caller:
    """An authenticated caller.

    Attributes:
        owner: whose sessions these are.
        via: how the caller was recognised: "open", "key", "jwt" or "alb".
        credential: the id of the API key; empty for the others.
        quota: what the caller may use.
    """

    owner: str
    role: Role
    via: str
    credential: str = ""
    quota: Quota = field(default_factory=Quota)

    def may(self, permission: Permission) -> bool:
        """Whether the role grants it."""
        return permission in _GRANTED[self.role]

    def may_see(self, owner: str) -> bool:
        """Whether sessions of this owner are visible: one's own, and all for an admin."""
        return owner == self.owner or self.role == "admin"
