"""Who may do what over HTTP: callers, permissions, limits, allow-lists, audit, shared links."""

from spark_interpreter.api.access.caller import LOCAL_OWNER, Caller, Permission
from spark_interpreter.api.access.install import install
from spark_interpreter.api.access.require import Requirement, require

__all__ = ["LOCAL_OWNER", "Caller", "Permission", "Requirement", "install", "require"]
