"""Where a turn's script runs, and where it runs next when it was too large for that."""

from collections.abc import Callable, Mapping, Sequence

from spark_interpreter.errors import (
    InterpreterError,
    OutputTooLarge,
    PlacementError,
    RunOutOfMemory,
    RunTimeout,
    SourceTooLarge,
)
from spark_interpreter.model import (
    Extent,
    JdbcRead,
    Placement,
    PlatformName,
    Run,
    TableProfile,
    Verdict,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.selection import Demand, larger, select
from spark_interpreter.settings import Settings

TOO_LARGE = (RunOutOfMemory, RunTimeout, OutputTooLarge, SourceTooLarge)
"""What says that a run outgrew its platform."""
_EMBEDDED: tuple[PlatformName, ...] = ("local", "lambda")
_SPARK: tuple[PlatformName, ...] = ("connect", "emr")
_LACKING = "its engine lacks a feature that this script uses."


class Placing:
    """Chooses the platform of one turn's run, again where a run was too large for the first."""

    def __init__(
        self,
        platforms: Mapping[PlatformName, Platform],
        settings: Settings,
        wish: PlatformName | None,
        demand: Demand,
    ) -> None:
        self._platforms = platforms
        self._settings = settings
        self._wish = wish
        self._demand = demand

    def choose(self) -> Placement:
        """The platform for the run.

        Raises:
            PlacementError: none can carry it, or not the one that is wished for.
        """
        return select(self._platforms, self._demand, self._wish, settings=self._settings)

    def carry(self, run_on: Callable[[Placement], Run], tell: Callable[[str], None]) -> Run:
        """Run on the chosen platform, and on larger ones where the settings let it.

        A platform that turns a job away has begun nothing, so the next one that can takes it.

        Args:
            run_on: runs there to the end.
            tell: hears why the run begins again somewhere else.

        Raises:
            PlacementError: see `choose`.
            InterpreterError: the run failed; the remedy names the next larger platform.
        """
        while True:
            placement = self.choose()
            try:
                return run_on(placement)
            except PlacementError as error:
                if self._wish is not None:
                    raise
                self._exclude(placement.platform, error.message)
                tell(f"{error.message} Choosing another platform.")
            except TOO_LARGE as error:
                if isinstance(error, SourceTooLarge) and self._copies_tables:
                    self._exclude("connect", error.message)
                after = self._after(placement.platform)
                if after is None:
                    raise
                if self._wish is not None or self._settings.placement.on_outgrown == "offer":
                    raise _with_offer(error, after) from error
                self._exclude(placement.platform, error.message)
                tell(f'{error.message} Running again on "{after}".')

    @property
    def _copies_tables(self) -> bool:
        """Tables of databases are copied here for "local" and "connect" alike."""
        return any(isinstance(p.read, JdbcRead) for p in self._demand.profiles)

    def _after(self, platform: PlatformName) -> PlatformName | None:
        return larger(self._platforms, platform, self._demand, settings=self._settings)

    def _exclude(self, platform: PlatformName, reason: str) -> None:
        excluded = {**self._demand.excluded, platform: reason}
        self._demand = self._demand._replace(excluded=excluded)


def demand_of(
    platforms: Mapping[PlatformName, Platform],
    profiles: Sequence[TableProfile],
    extents: Sequence[Extent],
    verdict: Verdict,
    secrets_here: Sequence[str] = (),
) -> Demand:
    """What a checked script asks of its platform.

    A feature that the embedded engine lacks leads to Apache Spark, where there is one.

    Args:
        secrets_here: connections it logs in to whose secrets are kept on this machine.
    """
    lacking = _lacks(verdict) and any(name in platforms for name in _SPARK)
    excluded = dict.fromkeys(_EMBEDDED, _LACKING) if lacking else {}
    return Demand(profiles, extents, excluded, secrets_here)


def _lacks(verdict: Verdict) -> bool:
    return any(finding.rule == "engine-unsupported" for finding in verdict.findings)


def _with_offer(error: InterpreterError, platform: PlatformName) -> InterpreterError:
    """The error with the larger platform as another remedy."""
    error.remedy = f'{error.remedy} Or run it on "{platform}".'.strip()
    return error
