"""What people are told of the platforms they may choose from."""

from typing import Any

import pytest

from spark_interpreter.model import PlatformHealth, PlatformLimits, PlatformName, PlatformView
from spark_interpreter.platforms.overview import overview
from spark_interpreter.settings import Settings


class Ill:
    """A platform as far as the overview looks at it."""

    def __init__(self, **health: Any) -> None:
        self._health = health

    def health(self) -> PlatformHealth:
        return PlatformHealth(configured=True, detail="", **self._health)


def views(settings: Settings, **platforms: Any) -> dict[PlatformName, PlatformView]:
    made: Any = {
        name.removesuffix("_"): Ill(platform=name.removesuffix("_"), **health)
        for name, health in platforms.items()
    }
    found = overview(made, settings).platforms
    assert sorted(each.platform for each in found) == ["connect", "emr", "lambda", "local"]
    return {each.platform: each for each in found}


def changed(**values: Any) -> Settings:
    return Settings.model_validate(values)


def test_what_is_not_there_says_how_to_get_it() -> None:
    settings = changed(placement={"order": ["emr", "local"]})
    found = views(settings, local={"healthy": True})
    assert found["local"].ready
    assert found["local"].place == 1
    assert not found["emr"].ready
    assert found["emr"].place is None
    assert found["emr"].remedy == (
        "Set emr.application_id, emr.execution_role_arn and storage_uri."
    )
    assert found["lambda"].detail == "The setting placement.order leaves it out."


def test_what_a_platform_says_of_itself_counts() -> None:
    said = {"healthy": False, "remedy": "Wait.", "memory_mb": 1024, "seconds": 54.0}
    found = views(changed(aws_lambda={"memory_mb": 3008}), lambda_=said)
    assert not found["lambda"].ready
    assert found["lambda"].remedy == "Wait."
    assert (found["lambda"].limits.memory_mb, found["lambda"].limits.seconds) == (1024, 54)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("local", PlatformLimits(
            input_mb=20_480, staged_mb=4096, memory_mb=4096, seconds=300, output_mb=4096)),
        ("lambda", PlatformLimits(input_mb=100, memory_mb=3008, seconds=300, output_mb=4096)),
        ("connect", PlatformLimits(staged_mb=4096, seconds=3600, output_mb=4096)),
        ("emr", PlatformLimits(vcpu=100, memory_mb=204_800, seconds=3600, output_mb=4096)),
    ],
)  # fmt: skip
def test_limits_of_the_settings(name: PlatformName, limits: PlatformLimits) -> None:
    assert views(Settings())[name].limits == limits


def test_prices_are_those_of_the_settings() -> None:
    settings = changed(prices={"dated": "2026-10-01", "region": "eu-west-1", "emr_vcpu_hour": 1})
    found = overview({}, settings)
    assert (str(found.prices_dated), found.prices_region) == ("2026-10-01", "eu-west-1")
    prices = {each.platform: each.prices for each in found.platforms}
    assert prices["emr"]["vCPUHour"] == 1
    assert set(prices["lambda"]) == {"GBSecond", "request", "S3Put", "S3Get"}
    assert prices["local"] == prices["connect"] == {}
