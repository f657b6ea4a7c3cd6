"""All of access control behind one object, `app.state.access`."""

from datetime import timedelta

from starlette.requests import Request

from spark_interpreter.api.access.audit import AuditLog
from spark_interpreter.api.access.caller import Caller, Permission
from spark_interpreter.api.access.callers import Callers, check_start
from spark_interpreter.api.access.data import DataAccess
from spark_interpreter.api.access.links import SharedLinks
from spark_interpreter.api.access.rates import Rates
from spark_interpreter.api.access.sites import Sites
from spark_interpreter.errors import AccessError, LimitExceeded
from spark_interpreter.model import Turn, now
from spark_interpreter.script.text import literal_reads
from spark_interpreter.settings import Settings
from spark_interpreter.stores.access import AccessStore

_MIB = 1024 * 1024


class Access:
    """Who may do what.

    Attributes:
        audit: records what was done.
        data: the allow-lists, and where uploads are kept.
        links: signs and opens shared links.

    Raises:
        SettingsError: the address needs authentication, and none is configured.
    """

    def __init__(self, settings: Settings) -> None:
        access = settings.service.access
        self.settings = settings
        self.store = AccessStore.of(settings.data_dir)
        check_start(settings, self.store)
        self.store.forget_usage()
        self.audit = AuditLog(settings.data_dir / "audit")
        self.callers = Callers(settings, self.store)
        self.data = DataAccess(settings)
        self.links = SharedLinks(
            settings.data_dir / "links.key", self.store, most_hours=access.share_hours
        )
        self.rates = Rates()
        self.sites = Sites(settings)

    def still_admits(self, request: Request, owner: str) -> bool:
        """Whether who sent the request may go on seeing what is this owner's.

        A key may have been revoked, a token expired or a role changed since it was admitted.
        """
        try:
            caller = self.callers.recognise(
                request.headers, request.client.host if request.client else ""
            )
        except AccessError:
            return False
        return caller is not None and caller.may(Permission.READ) and caller.may_see(owner)

    def check_script(self, caller: Caller, text: str) -> None:
        """See that the caller may read all that a script names.

        Raises:
            Forbidden: one of them is not allowed.
        """
        self.data.check_uris(caller, [read.location for read in literal_reads(text)])

    def admit_turn(self, caller: Caller) -> None:
        """See that the user may ask another question today.

        Raises:
            LimitExceeded: what models may cost within a day is used up.
        """
        most = caller.quota.model_cost_per_day
        if most and self.store.usage(caller.owner).model_cost >= most:
            raise _used_up(f"The models' cost of {most:g} US dollars a day is used up.")

    def add_model_cost(self, owner: str, dollars: float) -> None:
        """Count what a turn's model calls cost."""
        self.store.add_usage(owner, model_cost=dollars)

    def turn_ended(self, owner: str, turn: Turn) -> None:
        """Record what came of a turn, and count what its model calls cost."""
        self.audit.turn(turn, owner=owner, request_id=turn.wishes.request_id)
        if turn.model_cost:
            self.add_model_cost(owner, turn.model_cost)

    def admit_upload(self, caller: Caller, size: int) -> None:
        """Count an upload of `size` bytes.

        Raises:
            LimitExceeded: it is more than the user may still upload today.
        """
        most = caller.quota.upload_mb_per_day
        if not self.store.add_usage(caller.owner, upload_bytes=size, most=most * _MIB):
            raise _used_up(f"The uploads of {most:,} MiB a day are used up.")

    def add_upload(self, owner: str, size: int) -> None:
        """Count bytes that were not announced before they came."""
        self.store.add_usage(owner, upload_bytes=size)

    def close(self) -> None:
        """Close what is open."""
        self.store.close()


def _used_up(message: str) -> LimitExceeded:
    at = now()
    midnight = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return LimitExceeded(
        message,
        remedy="Try again tomorrow (UTC), or ask the operator for a higher quota.",
        retry_after=(midnight - at).total_seconds(),
    )
