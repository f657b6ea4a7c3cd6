"""What all data of the product share: immutable, strict about unknown fields, JSON both ways."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of every value type. Its validator is built at first use: few commands use all types."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="null", defer_build=True
    )


def now() -> datetime:
    """The current time with its zone (UTC)."""
    return datetime.now(UTC)
