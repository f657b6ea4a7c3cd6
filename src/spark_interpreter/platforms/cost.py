"""What runs cost: estimates before, figures after. All in US dollars.

Prices come from `Settings.prices`, which says of which region and day they are. None means that
nobody can say; runs on this machine and on a cluster of one's own cost nothing here.
"""

from collections.abc import Mapping, Sequence

from spark_interpreter.model import Extent, PlatformName
from spark_interpreter.model.deployment import PriceTable
from spark_interpreter.settings import Settings

_MB = 1e6
_GIB = 1024.0
_HOUR = 3600.0
_SECONDS = {"local": 0.3, "lambda": 1.5, "connect": 2.0, "emr": 90.0}
"""Until the first row is read: on EMR Serverless workers have to start."""
_MB_PER_SECOND = {"local": 250.0, "lambda": 120.0, "connect": 250.0, "emr": 400.0}
"""Text that a whole run gets through; columnar files are several times faster."""
_EMR_VCPU, _EMR_GB = 12, 48
"""What a job with two executors of 4 vCPU and its driver is billed for; more data get more workers
and finish sooner, at about the same price."""
_EMR_BILLED_SECONDS = 60.0
"""EMR Serverless bills a worker for a minute at least."""


def estimated_seconds(platform: PlatformName, extents: Sequence[Extent]) -> float | None:
    """About how long a run takes; None where the size of something is not known."""
    size = total_bytes(extents)
    if size is None:
        return None
    return round(_SECONDS[platform] + size / _MB / _MB_PER_SECOND[platform], 1)


def estimated_cost(
    platform: PlatformName, extents: Sequence[Extent], settings: Settings
) -> float | None:
    """About what a run costs; None where the size of something is not known."""
    if platform in ("local", "connect"):
        return 0.0
    seconds = estimated_seconds(platform, extents)
    if seconds is None:
        return None
    hours = max(_EMR_BILLED_SECONDS, seconds) / _HOUR
    billed = (
        {"GBSecond": seconds * settings.aws_lambda.memory_mb / _GIB, "request": 1}
        if platform == "lambda"
        else {"vCPUHour": hours * _EMR_VCPU, "memoryGBHour": hours * _EMR_GB}
    )
    return _price(billed, settings.prices)


def cost_of(
    platform: PlatformName, billed: Mapping[str, float], settings: Settings
) -> float | None:
    """What a run cost, from what its platform billed; None if it does not say (yet)."""
    if platform in ("local", "connect"):
        return 0.0
    return _price(billed, settings.prices) if billed else None


def cost_of_requests(billed: Mapping[str, float], settings: Settings) -> float:
    """What requests to S3 cost that were sent from here."""
    return _price(billed, settings.prices)


def _price(billed: Mapping[str, float], prices: PriceTable) -> float:
    """What is billed, in the units of `Resources.billed`, in money.

    To a ten-thousandth of a cent, below which nothing is billed.
    """
    units = unit_prices("lambda", prices) | unit_prices("emr", prices)
    return round(sum(billed.get(unit, 0.0) * price for unit, price in units.items()), 6)


def unit_prices(platform: PlatformName, prices: PriceTable) -> dict[str, float]:
    """What a platform charges for, by the units of `Resources.billed`."""
    if platform == "lambda":
        return {
            "GBSecond": prices.lambda_gb_second,
            "request": prices.lambda_request,
            **request_prices(prices),
        }
    if platform == "emr":
        return {
            "vCPUHour": prices.emr_vcpu_hour,
            "memoryGBHour": prices.emr_gb_hour,
            "storageGBHour": prices.emr_storage_gb_hour,
        }
    return {}


def request_prices(prices: PriceTable) -> dict[str, float]:
    """What requests to S3 cost."""
    return {"S3Put": prices.s3_put, "S3Get": prices.s3_get}


def total_bytes(extents: Sequence[Extent]) -> int | None:
    """Bytes of all sources; None where one does not say."""
    sizes = [extent.bytes for extent in extents]
    return None if None in sizes else sum(size or 0 for size in sizes)
