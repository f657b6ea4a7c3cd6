"""What turns have cost."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from spark_interpreter.model.base import Model


class Cost(Model):
    """What some turns have cost, in US dollars.

    Attributes:
        owner: whose turns they are.
        session_id: of one session.
        day: of one day, in UTC.
        turns: how many there were; those that took their answer from before cost no more than
            their requests to S3, by which they saw that the data had not changed.
        runs: what their runs and requests to S3 cost, as far as platforms say.
        models: what their model calls cost, as far as prices are known.
        unknown: runs whose platform did not say what they cost.
        about: runs whose cost was reckoned from the time they took, as their platform has not
            said it.
    """

    owner: str
    session_id: str
    day: date
    turns: int
    runs: float
    models: float
    unknown: int = 0
    about: int = 0

    @property
    def total(self) -> float:
        return self.runs + self.models


class Costs(Model):
    """What turns have cost in all, and by owner, session and day.

    Attributes:
        total: US dollars.
        by_owner, by_session, by_day: the same money, dealt out.
        unknown: runs that are not in these sums, as nobody says what they cost.
        about: runs that are in them by the time they took, as nobody has said what they cost.
    """

    turns: int
    total: float
    runs: float
    models: float
    unknown: int
    about: int
    by_owner: dict[str, float]
    by_session: dict[str, float]
    by_day: dict[str, float]

    @classmethod
    def of(cls, found: Iterable[Cost]) -> Self:
        """The sums."""
        costs = list(found)
        return cls(
            turns=sum(cost.turns for cost in costs),
            total=_rounded(sum(cost.total for cost in costs)),
            runs=_rounded(sum(cost.runs for cost in costs)),
            models=_rounded(sum(cost.models for cost in costs)),
            unknown=sum(cost.unknown for cost in costs),
            about=sum(cost.about for cost in costs),
            by_owner=_dealt((cost.owner, cost.total) for cost in costs),
            by_session=_dealt((cost.session_id, cost.total) for cost in costs),
            by_day=_dealt((cost.day.isoformat(), cost.total) for cost in costs),
        )


def _dealt(shares: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name, dollars in shares:
        sums[name] = sums.get(name, 0.0) + dollars
    return {name: _rounded(dollars) for name, dollars in sorted(sums.items())}


def _rounded(dollars: float) -> float:
    return round(dollars, 6)
