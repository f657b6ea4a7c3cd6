"""Which data a caller may ask of, as the service needs to know it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends

from spark_interpreter.api.access import Access, Caller, access_of
from spark_interpreter.api.logs import request_id
from spark_interpreter.api.parameters import service_of
from spark_interpreter.model import FileSource, RequestKey, Source, Turn, Wishes
from spark_interpreter.supervisor.reach import require_reach
from spark_interpreter.supervisor.service import Service


class Reach:
    """Checks the data that requests name, and finds uploads."""

    def __init__(
        self,
        service: Annotated[Service, Depends(service_of)],
        access: Annotated[Access, Depends(access_of)],
    ) -> None:
        self._service = service
        self._access = access

    def sources(self, caller: Caller, named: Sequence[Source]) -> tuple[Source, ...]:
        """The sources with uploads as files.

        Raises:
            Forbidden: the caller may not ask of one of them.
            NotFound: the caller has no such upload.
        """
        self._access.data.check(caller, named)
        return tuple(self._service.uploads.resolve(caller.owner, source) for source in named)

    def one(self, caller: Caller, named: Source) -> Source:
        """What the caller names, which may be looked at; an upload as a file.

        Raises:
            Forbidden, SourceUnreadable: the caller may not read it.
            NotFound: the caller has no such upload.
        """
        (source,) = self.sources(caller, [named])
        if isinstance(source, FileSource):
            require_reach([source.uri], self.roots(caller))
        return source

    def tables(self, caller: Caller, kept: Sequence[Source]) -> None:
        """See that the caller may still ask of the tables that a session kept.

        Its files are looked at again when the turn is carried.

        Raises:
            Forbidden: the caller may not, any more.
        """
        self._access.data.check(caller, [s for s in kept if not isinstance(s, FileSource)])

    def turn(self, caller: Caller, script: str | None) -> None:
        """See that the caller may have another turn, and read what its script names.

        Raises:
            Forbidden: the script names what the caller may not read.
            LimitExceeded: the caller's quota is used up.
        """
        self._access.admit_turn(caller)
        if script is not None:
            self._access.check_script(caller, script)

    def output(self, caller: Caller, uri: str | None) -> None:
        """See that the caller may have the result written there as well.

        Raises:
            Forbidden: that is not allowed.
        """
        if uri is not None:
            self._access.data.check_output(caller, uri)

    def record(self, caller: Caller, turn: Turn) -> None:
        """Put into the audit log who asked what."""
        self._access.audit.asked(turn, owner=caller.owner)

    def begin(
        self,
        caller: Caller,
        question: str,
        named: Sequence[Source],
        wishes: Wishes,
        *,
        session_id: str | None = None,
        key: RequestKey | None = None,
    ) -> Turn:
        """Put a turn of the caller into the queue, if all that it names may be read.

        The arguments are those of `Service.submit`, and so are the errors besides these.

        Raises:
            Forbidden: the caller may not read or write what the turn names.
            LimitExceeded: the caller's quota is used up.
        """
        self.output(caller, wishes.output)
        self.turn(caller, wishes.script)
        sources = self.sources(caller, named)
        if not sources and session_id is not None:
            self.tables(caller, self._service.kept_sources(caller.owner, session_id))
        turn = self._service.submit(
            caller.owner,
            question,
            sources,
            wishes=self.wishes(caller, wishes),
            session_id=session_id,
            key=key,
        )
        self.record(caller, turn)
        return turn

    def wishes(self, caller: Caller, wishes: Wishes) -> Wishes:
        """The wishes with what the caller may do."""
        return wishes.model_copy(
            update={
                "read_roots": self.roots(caller),
                "running_limit": caller.quota.running_turns,
                "request_id": request_id.get(),
            }
        )

    def roots(self, caller: Caller) -> tuple[str, ...] | None:
        """The local files and folders the caller may read; None for all."""
        return self._access.data.read_roots(caller)


Reaching = Annotated[Reach, Depends(Reach)]
