"""The permission of a route, declared as a dependency."""

from dataclasses import dataclass

from fastapi import Request

from spark_interpreter.api.access.caller import Caller, Permission
from spark_interpreter.errors import Forbidden, NotAuthenticated


@dataclass(frozen=True)
class Requirement:
    """A dependency that lets a caller with the permission pass, and gives the caller.

    Raises:
        NotAuthenticated: nobody knows who asks.
        Forbidden: the caller's role does not grant the permission.
    """

    permission: Permission

    async def __call__(self, request: Request) -> Caller | None:
        """The caller of the request; None where nobody needs to be one."""
        caller: Caller | None = request.scope["state"]["caller"]
        if self.permission is Permission.PUBLIC:
            return caller
        if caller is None:
            raise unrecognised()
        if not caller.may(self.permission):
            raise beyond_role(caller)
        return caller


def require(permission: Permission) -> Requirement:
    """What a route depends on: `Annotated[Caller, Depends(require(Permission.ASK))]`."""
    return Requirement(permission)


def unrecognised() -> NotAuthenticated:
    """Nobody knows who asks."""
    return NotAuthenticated(
        "This needs an API key or a token.",
        remedy="Send it as `Authorization: Bearer …`; the operator of the service has one.",
    )


def beyond_role(caller: Caller) -> Forbidden:
    """The caller's role does not allow it."""
    return Forbidden(
        f"The role {caller.role} may not do this.",
        remedy="Ask an administrator of the service for another role.",
    )
