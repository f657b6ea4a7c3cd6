"""What EMR Serverless is asked for: sizes, parameters, tokens; read from the request alone."""

import re
import shlex
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.validate import validate_parameters

from spark_interpreter.model import Extent, FileRead, FileSource, Job, Limits, TableProfile
from spark_interpreter.model.deployment import EmrSettings
from spark_interpreter.platforms.data_sizes import (
    BROADCAST_BYTES,
    broadcast_bytes,
    bytes_to_read,
)
from spark_interpreter.platforms.emr.request import (
    Uploaded,
    client_token,
    start_request,
    submit_parameters,
)
from spark_interpreter.platforms.emr.sizing import Sizing, Worker, sizing
from spark_interpreter.settings import Settings

GB = 1000**3
ALLOWED = {
    1: range(2, 9), 2: range(4, 17), 4: range(8, 31), 8: range(16, 61, 4), 16: range(32, 121, 8),
}  # fmt: skip
"""GB of memory for each number of vCPUs, as the service's guide lists them."""
SIZES = (0, 1, 10**6, 10**8, GB, 5 * GB, 20 * GB, 200 * GB, 10**12, 10**14)
LIMITS = ((2, 4), (3, 5), (4, 16), (8, 32), (16, 64), (100, 200), (400, 3000))
AT = Uploaded("s3://b/base/scripts/s/1.py", None)


def settings(**more: Any) -> EmrSettings:
    return EmrSettings.model_validate(
        {"application_id": "00app", "execution_role_arn": "arn:aws:iam::123456789012:role/jobs"}
        | more
    )


def make(**more: Any) -> Job:
    document = {
        "run_id": "s-1", "session_id": "s", "turn": 1, "script": "x = 1\n", "folder": "/f",
        "output": "s3://b/base/output/s/1", "log_dir": "/l",
    }  # fmt: skip
    return Job.model_validate(document | more)


def conf(job: Job, size: Sizing | None = None, at: Uploaded = AT) -> dict[str, str]:
    words = shlex.split(submit_parameters(job, at, size or sizing(0, settings())))
    found = dict(b.split("=", 1) for a, b in pairwise(words) if a == "--conf")
    return found | {a: b for a, b in pairwise(words) if a in ("--jars", "--py-files")}


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("size", SIZES)
def test_sizes_are_allowed_and_within_the_limits(size: int, limits: tuple[int, int]) -> None:
    vcpu, memory = limits
    found = sizing(size, settings(max_vcpu=vcpu, max_memory_gb=memory))
    for worker in (found.driver, found.executor):
        assert worker.memory_gb in ALLOWED[worker.vcpu]
        heap = int(worker.spark_memory.removesuffix("m"))
        assert heap + max(heap // 10, 384) <= worker.memory_gb * 1024
        assert heap > worker.memory_gb * 1024 * 0.8
    assert 1 <= found.initial <= found.executors
    assert found.vcpu <= vcpu
    assert found.memory_gb <= memory


def test_more_data_get_more_workers() -> None:
    free = settings(max_vcpu=10**6, max_memory_gb=10**7)
    found = [sizing(size, free) for size in SIZES]
    cores = [each.initial * each.executor.vcpu for each in found]
    assert cores == sorted(cores)
    assert cores[0] == 2
    assert cores[-1] > 1000
    assert found[5] == Sizing(Worker(2, 8), Worker(4, 16), 8, 4, 64)


def source(kind: str, path: str, size: int | None = GB, label: str = "t") -> TableProfile:
    read = FileRead.model_validate({"format": kind, "paths": (path,), "script_path": path})
    return TableProfile(
        name="t", label=label, source=FileSource(uri=path), columns=(), byte_count=size, read=read
    )


def test_packed_files_count_more() -> None:
    assert bytes_to_read([source("csv", "s3://b/a.csv")]) == GB
    assert bytes_to_read([source("csv", "s3://b/a.csv.gz")]) == 4 * GB
    lake = source("parquet", "s3://b/a/")
    assert bytes_to_read([lake] * 2) == 8 * GB
    part = Extent(label="t", kind="file", remote=True, bytes=GB // 4)
    assert bytes_to_read([lake], [part]) == GB


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ((), BROADCAST_BYTES),
        ((GB,), BROADCAST_BYTES),
        ((5 * GB, 40 * 10**6), 40 * 10**6),
        ((5 * GB, 40 * 10**6, 60 * 10**6, 600 * 10**6), 60 * 10**6),
        ((GB, 150 * 10**6), BROADCAST_BYTES),  # too large to be held by every executor
        ((5 * GB, 10**6), BROADCAST_BYTES),
        ((300 * 10**6, 40 * 10**6), BROADCAST_BYTES),  # not small against the other
        ((5 * GB, None), BROADCAST_BYTES),
    ],
)
def test_small_sides_of_joins_are_sent_around(sizes: tuple[int | None, ...], found: int) -> None:
    sources = [source("parquet", "s3://b/a/", size, str(n)) for n, size in enumerate(sizes)]
    assert broadcast_bytes(sources) == found
    given = conf(make(), sizing(0, settings())._replace(broadcast=found))
    assert given["spark.sql.autoBroadcastJoinThreshold"] == str(found)


def test_partitions_that_are_left_out_make_a_side_small() -> None:
    large, small = source("csv", "s3://b/a", 5 * GB, "a"), source("csv", "s3://b/b", GB, "b")
    part = Extent(label="b", kind="file", remote=True, bytes=50 * 10**6)
    assert broadcast_bytes([large, small]) == BROADCAST_BYTES
    assert broadcast_bytes([large, small], [part]) == 50 * 10**6


def test_the_request_is_one_that_aws_takes() -> None:
    client = boto3.client("emr-serverless", region_name="eu-central-1")
    shape = client.meta.service_model.operation_model("StartJobRun").input_shape
    job = make(run_id="r" * 300, limits=Limits(seconds=3600))
    request = start_request(job, AT, "s3://b/base/logs/emr", sizing(0, settings()), settings())
    validate_parameters(request, shape)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", request["clientToken"])
    assert len(request["name"]) <= 256
    assert request["executionTimeoutMinutes"] == 61
    assert request["retryPolicy"] == {"maxAttempts": 1}
    assert request["jobDriver"]["sparkSubmit"]["entryPoint"] == AT.script
    monitoring = request["configurationOverrides"]["monitoringConfiguration"]
    assert monitoring == {"s3MonitoringConfiguration": {"logUri": "s3://b/base/logs/emr/"}}


def test_short_limits_are_kept_by_us() -> None:
    job = make(limits=Limits(seconds=1))
    request = start_request(job, AT, "s3://b/logs", sizing(0, settings()), settings())
    assert request["executionTimeoutMinutes"] == 5


def test_tokens_tell_runs_apart() -> None:
    jobs = [make(), make(run_id="s-1.2"), make(output="s3://c/o/s/1"), make(script="y = 1\n")]
    assert len({client_token(job) for job in jobs}) == 4
    assert client_token(make()) == client_token(make())


def test_workers_and_adaptive_execution() -> None:
    found = conf(make(), sizing(20 * GB, settings()))
    assert found["spark.driver.cores"] == "2"
    assert found["spark.driver.memory"] == "7447m"
    assert found["spark.executor.cores"] == "4"
    assert found["spark.executor.memory"] == "14894m"
    assert found["spark.dynamicAllocation.enabled"] == "true"
    assert found["spark.dynamicAllocation.minExecutors"] == "1"
    assert found["spark.dynamicAllocation.maxExecutors"] == "12"
    assert found["spark.sql.adaptive.enabled"] == "true"
    assert found["spark.sql.shuffle.partitions"] == "150"


def test_only_what_the_script_needs() -> None:
    found = conf(make())
    assert not [name for name in found if "hive" in name or "jar" in name or "credential" in name]
    assert "--py-files" not in found


def test_catalog() -> None:
    client = "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory"
    given = {"hive.metastore.client.factory.class": client, "spark.sql.warehouse.dir": "s3://b/w"}
    found = conf(make(settings=given))
    assert found["spark.hadoop.hive.metastore.client.factory.class"] == client
    assert found["spark.sql.catalogImplementation"] == "hive"
    assert found["spark.sql.warehouse.dir"] == "s3://b/w"


def test_databases() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbC"
    job = make(
        settings={"spark.jars": "s3://b/jars/postgresql-42.7.8.jar"},
        connections={"jdbc:postgresql://db/shop": "shop-db"},
        secrets={"shop-db": arn},
    )
    found = conf(job, at=Uploaded(AT.script, "s3://b/base/scripts/s/job_credentials.py"))
    assert found["--jars"] == "s3://b/jars/postgresql-42.7.8.jar"
    assert found["--py-files"] == "s3://b/base/scripts/s/job_credentials.py"
    assert found["spark.credentials.shop-db.arn"] == arn
    assert "spark.jars" not in found
    found = conf(make(settings={"spark.jars.packages": "org.postgresql:postgresql:42.7.8"}))
    assert found["spark.jars.packages"] == "org.postgresql:postgresql:42.7.8"


def test_values_with_blanks_stay_whole() -> None:
    assert conf(make(settings={"spark.x": "a 'b' \"c\" $d"}))["spark.x"] == "a 'b' \"c\" $d"


def test_time_limits_are_the_platforms_own() -> None:
    own = Settings(emr=EmrSettings(seconds=7200))
    assert own.limits_of("emr").seconds == 7200
    assert own.limits_of("local").seconds == 300
    assert Settings(limits=Limits(seconds=60)).limits_of("emr").seconds == 60
