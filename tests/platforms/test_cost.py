"""What platforms bill, in money."""

import pytest

from spark_interpreter.model import PlatformName
from spark_interpreter.platforms.cost import cost_of
from spark_interpreter.settings import Settings


@pytest.mark.parametrize(
    ("platform", "billed", "dollars"),
    [
        ("local", {}, 0.0),
        ("connect", {}, 0.0),
        ("lambda", {}, None),
        ("lambda", {"GBSecond": 30.0, "request": 1}, 0.0005),
        ("lambda", {"GBSecond": 0.0, "request": 10.0}, 0.000002),
        ("lambda", {"request": 1, "S3Put": 10, "S3Get": 100}, 0.00009),
        ("emr", {}, None),
        ("emr", {"vCPUHour": 2.0, "memoryGBHour": 8.0, "storageGBHour": 40.0}, 0.15404),
        ("emr", {"vCPUHour": 0.5}, 0.026),
    ],
)
def test_cost(platform: PlatformName, billed: dict[str, float], dollars: float | None) -> None:
    assert cost_of(platform, billed, Settings()) == dollars


def test_other_prices() -> None:
    settings = Settings.model_validate({"prices": {"emr_vcpu_hour": 1.0}})
    assert cost_of("emr", {"vCPUHour": 3.0}, settings) == 3.0
