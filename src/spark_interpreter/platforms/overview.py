"""All platforms there are: which are ready, why not, and what bounds a run on each."""

from collections.abc import Mapping

from spark_interpreter.model import (
    PlatformHealth,
    PlatformLimits,
    PlatformName,
    Platforms,
    PlatformView,
)
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.cost import request_prices, unit_prices
from spark_interpreter.platforms.selection import CONFIGURED_BY
from spark_interpreter.settings import Settings


def overview(platforms: Mapping[PlatformName, Platform], settings: Settings) -> Platforms:
    """The platforms as people choose one.

    Args:
        platforms: those that are configured, in the order of preference.
    """
    left_out = (name for name in CONFIGURED_BY if name not in platforms)
    return Platforms(
        platforms=tuple(
            _view(name, platforms.get(name), place, settings)
            for place, name in enumerate((*platforms, *left_out), 1)
        ),
        max_cost=settings.placement.max_cost,
        request_prices=request_prices(settings.prices),
        prices_dated=settings.prices.dated,
        prices_region=settings.prices.region,
    )


def _view(
    name: PlatformName, platform: Platform | None, place: int, settings: Settings
) -> PlatformView:
    health = platform.health() if platform else _absent(name, settings)
    return PlatformView(
        platform=name,
        ready=health.configured and health.healthy,
        configured=health.configured,
        detail=health.detail,
        remedy=health.remedy,
        place=place if platform else None,
        limits=_limits(health, settings),
        prices=unit_prices(name, settings.prices),
    )


def _absent(name: PlatformName, settings: Settings) -> PlatformHealth:
    if name in settings.placement.order:
        detail, remedy = "It is not configured.", f"Set {CONFIGURED_BY[name]}."
    else:
        detail, remedy = "The setting placement.order leaves it out.", "Add it there."
    return PlatformHealth(
        platform=name, configured=False, healthy=False, detail=detail, remedy=remedy
    )


def _limits(health: PlatformHealth, settings: Settings) -> PlatformLimits:
    """By the settings, and by what the platform itself says."""
    name = health.platform
    limits = settings.limits_of(name)
    memory_mb: dict[PlatformName, int] = {
        "local": limits.memory_mb,
        "lambda": settings.aws_lambda.memory_mb,
        "emr": settings.emr.max_memory_gb * 1024,
    }
    input_mb: dict[PlatformName, int] = {
        "local": settings.placement.local_max_mb,
        "lambda": settings.aws_lambda.max_input_mb,
    }
    return PlatformLimits(
        input_mb=input_mb.get(name),
        staged_mb=settings.stage_max_mb if name in ("local", "connect") else None,
        vcpu=settings.emr.max_vcpu if name == "emr" else None,
        memory_mb=health.memory_mb or memory_mb.get(name),
        seconds=min(limits.seconds, health.seconds or limits.seconds),
        output_mb=limits.output_mb,
    )
