"""Where scripts can run, within which limits and at which prices."""

from datetime import date

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.run import PlatformName


class PlatformLimits(Model):
    """What one run may be and use on a platform; None where nothing is set or known.

    Attributes:
        input_mb: data of more bytes than this are not run there, MB (1,000,000 bytes).
        staged_mb: of data that are elsewhere, what is brought to this machine for it, MiB.
        vcpu: of all its workers.
        memory_mb: of all its workers, MiB.
        seconds: wall time.
        output_mb: bytes of the result, MiB.
    """

    input_mb: int | None = None
    staged_mb: int | None = None
    vcpu: int | None = None
    memory_mb: int | None = None
    seconds: float
    output_mb: int


class PlatformView(Model):
    """A platform as people choose one.

    Attributes:
        ready: scripts can run there now.
        detail: what it is, or why it is not ready, in a sentence.
        remedy: what would make it ready.
        place: in the order in which platforms are preferred, from 1; None if it is never chosen.
        prices: US dollars by the units of `Resources.billed`; empty where nothing is billed.
    """

    platform: PlatformName
    ready: bool
    configured: bool
    detail: str
    remedy: str = ""
    place: int | None
    limits: PlatformLimits
    prices: dict[str, float] = Field(default_factory=dict)


class Platforms(Model):
    """All platforms, those that are configured first, in the order of preference.

    Attributes:
        max_cost: US dollars; a run that is expected to cost more is refused.
        request_prices: of requests to S3 that are sent from here, whatever platform runs.
        prices_dated: the day the prices were looked up.
        prices_region: where they hold.
    """

    platforms: tuple[PlatformView, ...]
    max_cost: float | None
    request_prices: dict[str, float]
    prices_dated: date
    prices_region: str
