"""Which platform carries a run, and why."""

from collections.abc import Mapping, Sequence

from spark_interpreter.errors import PlacementError
from spark_interpreter.model import Placement, PlatformName, TableProfile
from spark_interpreter.platforms.base import Platform


def select(
    platforms: Mapping[PlatformName, Platform],
    profiles: Sequence[TableProfile],
    wish: PlatformName | None = None,
) -> Placement:
    """The first platform that is configured and healthy, or the one wished for.

    Args:
        platforms: the candidates, cheapest first.
        wish: the person's choice; None leaves it to us.

    Raises:
        PlacementError: the wished platform, or every platform, cannot be used now.
    """
    if wish is not None and wish not in platforms:
        raise PlacementError(
            f'The platform "{wish}" is not configured.',
            remedy=f"Choose one of: {', '.join(platforms)}.",
        )
    candidates = platforms if wish is None else {wish: platforms[wish]}
    refusals = []
    for name, platform in candidates.items():
        health = platform.health()
        if health.configured and health.healthy:
            return Placement(platform=name, reasons=_reasons(name, profiles, wish))
        refusals.append(health)
    raise PlacementError(
        " ".join(f'"{h.platform}" cannot run: {h.detail}' for h in refusals),
        remedy=" ".join(h.remedy for h in refusals if h.remedy),
    )


def _reasons(
    name: PlatformName, profiles: Sequence[TableProfile], wish: PlatformName | None
) -> tuple[str, ...]:
    size = sum(p.byte_count or 0 for p in profiles)
    chosen = "It was asked for." if wish else f'"{name}" is the cheapest platform that is ready.'
    return (chosen, f"The data hold {_megabytes(size)}.") if size else (chosen,)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
