"""Where runs go, and what is said of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import PlacementError
from spark_interpreter.model import (
    ColumnProfile,
    Extent,
    FileRead,
    FileSource,
    GlueRead,
    GlueTable,
    JdbcRead,
    Job,
    PlatformHealth,
    PlatformName,
    PostgresTable,
    Run,
    TableProfile,
)
from spark_interpreter.platforms.aws_lambda import LambdaPlatform
from spark_interpreter.platforms.base import OnProgress, Platform, on_this_machine
from spark_interpreter.platforms.selection import Demand, larger, select
from spark_interpreter.settings import Settings

MB, GB = 10**6, 10**9
COLUMN = ColumnProfile(name="a", header="a", type="int")


class Place:
    """A platform as far as placement looks at it."""

    def __init__(self, name: PlatformName, *, detail: str = "") -> None:
        self.name = name
        self._detail = detail

    def close(self) -> None: ...

    def health(self) -> PlatformHealth:
        return PlatformHealth(
            platform=self.name,
            configured=True,
            healthy=not self._detail,
            detail=self._detail or "ready",
            remedy="See to it." if self._detail else "",
        )

    def cannot_read(self, profile: TableProfile) -> str | None:
        if self.name == "lambda":
            return LambdaPlatform(Settings()).cannot_read(profile)
        return None if self.name in ("local", "connect") else on_this_machine(profile)

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        raise AssertionError("placement runs nothing")


def table(read: Any, source: Any, label: str, size: int | None, note: str = "") -> Demand:
    profile = TableProfile(
        name="t", label=label, source=source, columns=(COLUMN,), byte_count=size, read=read
    )
    extent = Extent(
        label=label, kind=source.kind, remote=read.remote, bytes=size, rows=None, note=note
    )
    return Demand((profile,), (extent,))


def local(size: int) -> Demand:
    read = FileRead(format="csv", paths=("/d/o.csv",), script_path="/d/o.csv")
    return table(read, FileSource(uri="/d/o.csv"), "o.csv", size)


def s3(size: int | None, note: str = "") -> Demand:
    read = FileRead(format="csv", paths=("s3://b/o.csv",), script_path="s3://b/o.csv")
    return table(read, FileSource(uri="s3://b/o.csv"), "o.csv", size, note)


def workbook(size: int) -> Demand:
    read = FileRead(
        format="excel", paths=("s3://b/o.xlsx",), script_path="s3://b/o.xlsx", spark_direct=False
    )
    return table(read, FileSource(uri="s3://b/o.xlsx"), "o.xlsx", size)


def glue(size: int | None, note: str = "") -> Demand:
    read = GlueRead(database="d", table="t", format="parquet", location="s3://b/t")
    return table(read, GlueTable(database="d", table="t"), "d.t", size, note)


def postgres(size: int | None) -> Demand:
    read = JdbcRead(dialect="postgres", connection="shop", url="jdbc:postgresql://h/d", table="t")
    return table(read, PostgresTable(connection="shop", table="t"), "shop/t", size)


def both(*demands: Demand) -> Demand:
    return Demand(
        tuple(p for d in demands for p in d.profiles),
        tuple(e for d in demands for e in d.extents),
    )


NOTHING = Demand(())
ALL: tuple[PlatformName, ...] = ("local", "lambda", "connect", "emr")
CLOUD: tuple[PlatformName, ...] = ("lambda", "emr")
HERE: tuple[PlatformName, ...] = ("local",)
CHEAPEST = '"{}" is the cheapest platform that can run this.'
NOT_LOCAL = 'Not "local": the data hold {}, and this machine takes up to 20,480 MB.'
NOT_LAMBDA = 'Not "lambda": the data hold {}, and Lambda takes up to 100 MB.'
BRING = (
    'Not "local": {} of o.csv would have to be brought to this machine, '
    "and it takes up to 4,295.0 MB."
)
ON_MACHINE = "o.csv is on this machine; put it into S3 to read it there."


class Case(NamedTuple):
    """Data, the platforms there are, a wish; where it goes, and all reasons."""

    demand: Demand
    platforms: tuple[PlatformName, ...]
    wish: PlatformName | None
    chosen: PlatformName
    reasons: tuple[str, ...]


def auto(
    demand: Demand, platforms: tuple[PlatformName, ...], chosen: PlatformName, *more: str
) -> Case:
    return Case(demand, platforms, None, chosen, (CHEAPEST.format(chosen), *more))


def wished(demand: Demand, chosen: PlatformName, *more: str) -> Case:
    return Case(demand, ALL, chosen, chosen, ("It was asked for.", *more))


def holds(size: str) -> str:
    return f"The data hold {size}."


CHOSEN = {
    "no data": auto(NOTHING, ALL, "local"),
    "no data, cloud": auto(NOTHING, CLOUD, "lambda"),
    "tiny file here": auto(local(500), ALL, "local", holds("500 bytes")),
    "file here": auto(local(5 * MB), ALL, "local", holds("5.0 MB")),
    "large file here": auto(local(20 * GB), ALL, "local", holds("20,000.0 MB")),
    "empty file": auto(local(0), ALL, "local"),
    "only this machine": auto(local(5 * MB), HERE, "local", holds("5.0 MB")),
    "too large for here": auto(
        local(30 * GB), ALL, "connect", holds("30,000.0 MB"), NOT_LOCAL.format("30,000.0 MB"),
        NOT_LAMBDA.format("30,000.0 MB"),
    ),
    "S3": auto(s3(8 * MB), ALL, "local", holds("8.0 MB")),
    "S3 of the reference": auto(s3(8 * MB), CLOUD, "lambda", holds("8.0 MB")),
    "S3 at the limit": auto(s3(100 * MB), CLOUD, "lambda", holds("100.0 MB")),
    "S3 over the limit": auto(
        s3(100 * MB + 1), CLOUD, "emr", holds("100.0 MB"), NOT_LAMBDA.format("100.0 MB")
    ),
    "S3 of 5 GB": auto(
        s3(5 * GB), ALL, "connect", holds("5,000.0 MB"), BRING.format("5,000.0 MB"),
        NOT_LAMBDA.format("5,000.0 MB"),
    ),
    "S3 of unknown size": auto(
        s3(None), CLOUD, "emr", 'Not "lambda": nobody says how large o.csv is.'
    ),
    "S3 of unknown size here": auto(s3(None), HERE, "local"),
    "S3, pruned": auto(
        s3(8 * MB, "3 of 36 objects"), CLOUD, "lambda", "The data hold 8.0 MB (3 of 36 objects)."
    ),
    "Glue": auto(glue(8 * MB), CLOUD, "lambda", holds("8.0 MB")),
    "Glue, large": auto(
        glue(8 * GB), CLOUD, "emr", holds("8,000.0 MB"), NOT_LAMBDA.format("8,000.0 MB")
    ),
    "Glue, columns are brought": auto(glue(8 * GB), HERE, "local", holds("8,000.0 MB")),
    "Glue, pruned": auto(
        glue(50 * MB, "1 of 12 partitions"), CLOUD, "lambda",
        "The data hold 50.0 MB (1 of 12 partitions).",
    ),
    "PostgreSQL": auto(postgres(8 * MB), ALL, "local", holds("8.0 MB")),
    "PostgreSQL in the cloud": auto(
        postgres(8 * MB), CLOUD, "emr", holds("8.0 MB"),
        'Not "lambda": the function has no way to the database of shop/t.',
    ),
    "PostgreSQL of unknown size": auto(
        postgres(None), CLOUD, "emr", 'Not "lambda": nobody says how large shop/t is.'
    ),
    "two sources together": auto(
        both(s3(60 * MB), glue(60 * MB)), CLOUD, "emr", holds("120.0 MB"),
        NOT_LAMBDA.format("120.0 MB"),
    ),
    "two notes": auto(
        both(s3(10 * MB, "1 of 2 objects"), glue(10 * MB, "1 of 12 partitions")), CLOUD, "lambda",
        "The data hold 20.0 MB (1 of 2 objects; 1 of 12 partitions).",
    ),
    "here and in S3": auto(both(local(MB), s3(MB)), ALL, "local", holds("2.0 MB")),
    "wish: local": wished(local(5 * MB), "local", holds("5.0 MB")),
    "wish: lambda": wished(s3(5 * MB), "lambda", holds("5.0 MB")),
    "wish: connect": wished(local(5 * MB), "connect", holds("5.0 MB")),
    "wish: emr for little": wished(s3(5 * MB), "emr", holds("5.0 MB")),
    "wish: emr for PostgreSQL": wished(postgres(5 * MB), "emr", holds("5.0 MB")),
}  # fmt: skip


class Refused(NamedTuple):
    """What cannot be placed, and what is said instead."""

    demand: Demand
    platforms: tuple[PlatformName, ...]
    wish: PlatformName | None
    message: str
    remedy: str


REFUSED = {
    "wish: lambda for a file here": Refused(
        local(MB), ALL, "lambda", f'"lambda" cannot run this: {ON_MACHINE}',
        "It can run on: local, connect.",
    ),
    "wish: emr for a file here": Refused(
        local(MB), ALL, "emr", f'"emr" cannot run this: {ON_MACHINE}',
        "It can run on: local, connect.",
    ),
    "wish: lambda for much": Refused(
        s3(GB), ALL, "lambda",
        '"lambda" cannot run this: the data hold 1,000.0 MB, and Lambda takes up to 100 MB.',
        "Raise the setting `aws_lambda.max_input_mb`, or filter on a partition. "
        "It can run on: local, connect, emr.",
    ),
    "wish: local for too much": Refused(
        local(30 * GB), HERE, "local",
        '"local" cannot run this: the data hold 30,000.0 MB, and this machine takes up to '
        "20,480 MB.",
        "Raise the setting `placement.local_max_mb`, or filter on a partition.",
    ),
    "wish: lambda for PostgreSQL": Refused(
        postgres(MB), ALL, "lambda",
        '"lambda" cannot run this: the function has no way to the database of shop/t.',
        "It can run on: local, connect, emr.",
    ),
    "wish: emr for a connection of this machine": Refused(
        postgres(MB)._replace(secrets_here=("shop",)), ALL, "emr",
        '"emr" cannot run this: it cannot log in to the connection \'shop\', whose secret is kept '
        "on this machine.",
        "Let the connection take its secret from AWS Secrets Manager. "
        "It can run on: local, connect.",
    ),
    "wish: lambda for a workbook": Refused(
        workbook(MB), ALL, "lambda",
        '"lambda" cannot run this: o.xlsx is converted on this machine before it can be read.',
        "It can run on: local, connect.",
    ),
    "wish: emr for a workbook": Refused(
        workbook(MB), ALL, "emr",
        '"emr" cannot run this: o.xlsx is converted on this machine before it can be read.',
        "It can run on: local, connect.",
    ),
    "wish: not configured": Refused(
        s3(MB), HERE, "emr", 'The platform "emr" is not configured.',
        "Set emr.application_id, emr.execution_role_arn and storage_uri, or choose one of: local.",
    ),
    "wish: no cluster": Refused(
        s3(MB), HERE, "connect", 'The platform "connect" is not configured.',
        "Set connect.url or connect.spark_home, or choose one of: local.",
    ),
    "wish: no function": Refused(
        s3(MB), HERE, "lambda", 'The platform "lambda" is not configured.',
        "Set aws_lambda.function and storage_uri, or choose one of: local.",
    ),
    "a file here, only the cloud": Refused(
        local(MB), CLOUD, None,
        f'"lambda" cannot run this: {ON_MACHINE} "emr" cannot run this: {ON_MACHINE}', "",
    ),
}  # fmt: skip


def places(names: tuple[PlatformName, ...]) -> Mapping[PlatformName, Platform]:
    return {name: Place(name) for name in names}


@pytest.mark.parametrize("case", CHOSEN.values(), ids=CHOSEN)
def test_chosen(case: Case) -> None:
    placement = select(places(case.platforms), case.demand, case.wish, settings=Settings())
    assert placement.platform == case.chosen
    assert placement.reasons == case.reasons


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused(case: Refused) -> None:
    with pytest.raises(PlacementError) as caught:
        select(places(case.platforms), case.demand, case.wish, settings=Settings())
    assert (caught.value.message, caught.value.remedy) == (case.message, case.remedy)


def changed(**values: Any) -> Settings:
    return Settings.model_validate(values)


SETTINGS: dict[str, tuple[Settings, Demand, PlatformName, Callable[[tuple[str, ...]], bool]]] = {
    "a smaller machine": (
        changed(placement={"local_max_mb": 50}), s3(80 * MB), "lambda",
        lambda r: 'Not "local": the data hold 80.0 MB, and this machine takes up to 50 MB.' in r,
    ),
    "a larger function": (
        changed(aws_lambda={"max_input_mb": 500}, placement={"local_max_mb": 50}), s3(300 * MB),
        "lambda", lambda r: holds("300.0 MB") in r,
    ),
    "more may be brought": (
        changed(stage_max_mb=8192), s3(5 * GB), "local", lambda r: len(r) == 2,
    ),
    "money": (
        changed(placement={"max_cost": 0.00001, "local_max_mb": 1}), s3(80 * MB), "connect",
        lambda r: any("a run may cost up to $0.0000" in each for each in r),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_move_the_limits(name: str) -> None:
    settings, demand, chosen, right = SETTINGS[name]
    placement = select(places(ALL), demand, settings=settings)
    assert placement.platform == chosen
    assert right(placement.reasons), placement.reasons


def test_money_refuses_a_wish() -> None:
    settings = changed(placement={"max_cost": 0.001})
    with pytest.raises(PlacementError, match=r"a run may cost up to \$0\.0010"):
        select(places(ALL), s3(GB), "emr", settings=settings)


def test_what_is_not_healthy_is_passed_over() -> None:
    platforms: dict[PlatformName, Platform] = {
        "local": Place("local", detail="pysail is not here."),
        "emr": Place("emr"),
    }
    placement = select(platforms, s3(MB), settings=Settings())
    assert placement.platform == "emr"
    assert placement.reasons[-1] == 'Not "local": pysail is not here.'
    with pytest.raises(PlacementError, match="pysail is not here") as caught:
        select(platforms, s3(MB), "local", settings=Settings())
    assert caught.value.remedy == "See to it. It can run on: emr."


def test_what_was_outgrown_is_passed_over() -> None:
    demand = s3(MB)._replace(excluded={"local": "The run needed more than 4096 MiB."})
    placement = select(places(ALL), demand, settings=Settings())
    assert placement.platform == "lambda"
    assert placement.reasons[-1] == 'Not "local": The run needed more than 4096 MiB.'


def test_the_next_larger_platform() -> None:
    platforms, settings = places(ALL), Settings()
    assert larger(platforms, "local", s3(MB), settings=settings) == "lambda"
    assert larger(platforms, "local", s3(GB), settings=settings) == "connect"
    assert larger(platforms, "connect", local(MB), settings=settings) is None
    assert larger(platforms, "emr", s3(MB), settings=settings) is None


def test_estimates() -> None:
    settings = Settings()
    here = select(places(HERE), s3(8 * MB), settings=settings)
    function = select(places(CLOUD), s3(8 * MB), settings=settings)
    cluster = select(places(CLOUD), s3(GB), settings=settings)
    assert here.estimated_cost == 0
    assert function.estimated_cost is not None
    assert cluster.estimated_cost is not None
    assert 0.00001 < function.estimated_cost < 0.001 < cluster.estimated_cost < 0.1
    unknown = select(places(("emr",)), s3(None), settings=settings)
    assert unknown.estimated_cost is None
