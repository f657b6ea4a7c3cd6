"""Who may do what over HTTP: callers, permissions, limits, allow-lists, audit, shared links."""

from spark_interpreter.api.access.access import Access
from spark_interpreter.api.access.caller import LOCAL_OWNER, Caller, Permission
from spark_interpreter.api.access.callers import requiring_authentication
from spark_interpreter.api.access.install import access_of, install
from spark_interpreter.api.access.links import SharedLink
from spark_interpreter.api.access.require import Requirement, require

__all__ = [
    "LOCAL_OWNER",
    "Access",
    "Caller",
    "Permission",
    "Requirement",
    "SharedLink",
    "access_of",
    "install",
    "require",
    "requiring_authentication",
]
