"""Which platform carries a run, and why."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from spark_interpreter.errors import PlacementError
from spark_interpreter.model import Extent, Placement, PlatformName, TableProfile
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.cost import estimated_cost, estimated_seconds, total_bytes
from spark_interpreter.settings import Settings

_MB = 1e6
_MIB = 1024 * 1024
CONFIGURED_BY: Mapping[PlatformName, str] = {
    "local": "placement.order",
    "lambda": "aws_lambda.function and storage_uri",
    "connect": "connect.url or connect.spark_home",
    "emr": "emr.application_id, emr.execution_role_arn and storage_uri",
}
"""What configures a platform."""


class Demand(NamedTuple):
    """What is to be run.

    Attributes:
        profiles: of the data that are read.
        extents: how much of each source is read.
        excluded: platforms that have turned out to be unable to, each with the reason.
        secrets_here: connections it logs in to whose secrets are kept on this machine.
    """

    profiles: Sequence[TableProfile]
    extents: Sequence[Extent] = ()
    excluded: Mapping[PlatformName, str] = MappingProxyType({})
    secrets_here: Sequence[str] = ()


class Objection(NamedTuple):
    """Why a platform does not carry a run, and what would change that."""

    reason: str
    remedy: str = ""


def select(
    platforms: Mapping[PlatformName, Platform],
    demand: Demand,
    wish: PlatformName | None = None,
    *,
    settings: Settings,
) -> Placement:
    """The first platform that can carry the run, or the one wished for if it can.

    Args:
        platforms: those that are configured, cheapest first.
        wish: the person's choice; None leaves it to us.

    Raises:
        PlacementError: the wished platform, or every platform, cannot carry the run. Nothing was
            begun.
    """
    if wish is not None and wish not in platforms:
        raise PlacementError(
            f'The platform "{wish}" is not configured.',
            remedy=f"Set {CONFIGURED_BY[wish]}, or choose one of: {', '.join(platforms)}.",
        )
    passed: dict[PlatformName, Objection] = {}
    for name in platforms if wish is None else (wish,):
        objection = _objection(platforms[name], demand, settings)
        if objection is None:
            return Placement(
                platform=name,
                reasons=tuple(_reasons(name, wish, demand.extents, passed)),
                estimated_cost=estimated_cost(name, demand.extents, settings),
                estimated_seconds=estimated_seconds(name, demand.extents),
            )
        passed[name] = objection
    remedies = [objection.remedy for objection in passed.values() if objection.remedy]
    others = {name: each for name, each in platforms.items() if name not in passed}
    able = [n for n, each in others.items() if _objection(each, demand, settings) is None]
    if able:
        remedies.append(f"It can run on: {', '.join(able)}.")
    raise PlacementError(
        " ".join(f'"{name}" cannot run this: {each.reason}' for name, each in passed.items()),
        remedy=" ".join(dict.fromkeys(remedies)),
    )


def larger(
    platforms: Mapping[PlatformName, Platform],
    than: PlatformName,
    demand: Demand,
    *,
    settings: Settings,
) -> PlatformName | None:
    """The next platform after one that a run was too large for, if there is one."""
    names = list(platforms)
    after = names[names.index(than) + 1 :]
    able = (name for name in after if _objection(platforms[name], demand, settings) is None)
    return next(able, None)


def _objection(platform: Platform, demand: Demand, settings: Settings) -> Objection | None:
    return next(_objections(platform, demand, settings), None)


def _objections(platform: Platform, demand: Demand, settings: Settings) -> Iterator[Objection]:
    """Why the platform cannot carry the run; what costs nothing to find out comes first."""
    if platform.name in demand.excluded:
        yield Objection(demand.excluded[platform.name])
    yield from _of_size(platform.name, demand.extents, settings)
    for profile in demand.profiles:
        if reason := platform.cannot_read(profile):
            yield Objection(reason)
    yield from _of_logins(platform.name, demand.secrets_here)
    yield from _of_cost(platform.name, demand.extents, settings)
    health = platform.health()
    if not (health.configured and health.healthy):
        yield Objection(health.detail, health.remedy)


def _of_size(
    name: PlatformName, extents: Sequence[Extent], settings: Settings
) -> Iterator[Objection]:
    size = total_bytes(extents)
    if name == "lambda":
        most = settings.aws_lambda.max_input_mb
        if size is None:
            yield Objection(f"nobody says how large {_unknown(extents)} is.")
        elif size > most * _MB:
            yield Objection(
                f"the data hold {megabytes(size)}, and Lambda takes up to {most:,} MB.",
                "Raise the setting `aws_lambda.max_input_mb`, or filter on a partition.",
            )
    if name == "local":
        most = settings.placement.local_max_mb
        if size is not None and size > most * _MB:
            yield Objection(
                f"the data hold {megabytes(size)}, and this machine takes up to {most:,} MB.",
                "Raise the setting `placement.local_max_mb`, or filter on a partition.",
            )
        yield from _of_staging(extents, settings)


def _of_staging(extents: Sequence[Extent], settings: Settings) -> Iterator[Objection]:
    """Text that is elsewhere is brought here whole; of tables only what is needed is."""
    most = settings.stage_max_mb * _MIB
    for extent in extents:
        if extent.remote and extent.kind == "file" and (extent.bytes or 0) > most:
            yield Objection(
                f"{megabytes(extent.bytes or 0)} of {extent.label} would have to be brought to "
                f"this machine, and it takes up to {megabytes(most)}.",
                "Raise the setting `stage_max_mb`, or filter on a partition.",
            )


def _of_logins(name: PlatformName, secrets_here: Sequence[str]) -> Iterator[Objection]:
    """A job of EMR Serverless logs in by itself, with what AWS Secrets Manager tells it."""
    if name == "emr" and secrets_here:
        yield Objection(
            f"it cannot log in to the connection {secrets_here[0]!r}, whose secret is kept on "
            "this machine.",
            "Let the connection take its secret from AWS Secrets Manager.",
        )


def _of_cost(
    name: PlatformName, extents: Sequence[Extent], settings: Settings
) -> Iterator[Objection]:
    most, cost = settings.placement.max_cost, estimated_cost(name, extents, settings)
    if most is not None and cost is not None and cost > most:
        yield Objection(
            f"it would cost about ${cost:.4f}, and a run may cost up to ${most:.4f}.",
            "Raise the setting `placement.max_cost`, or ask for less data.",
        )


def _reasons(
    name: PlatformName,
    wish: PlatformName | None,
    extents: Sequence[Extent],
    passed: Mapping[PlatformName, Objection],
) -> Iterator[str]:
    if wish is not None:
        yield "It was asked for."
    else:
        yield f'"{name}" is the cheapest platform that can run this.'
    size = total_bytes(extents)
    if size:
        notes = "; ".join(extent.note for extent in extents if extent.note)
        left_out = f" ({notes})" if notes else ""
        yield f"The data hold {megabytes(size)}{left_out}."
    for other, objection in passed.items():
        yield f'Not "{other}": {objection.reason}'


def _unknown(extents: Sequence[Extent]) -> str:
    return next((extent.label for extent in extents if extent.bytes is None), "something")


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / _MB:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
