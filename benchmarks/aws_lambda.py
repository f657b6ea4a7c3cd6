"""A question of 8 MB in S3 in the Lambda function's own process, cold and warm.

S3 is moto's, a process on the same two cores; the function is started as Lambda starts it. Beside
it stands the same handler written with Apache Spark.
"""

import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from benchmarks.data import SCHEMA, write_sales
from benchmarks.measure import ROOT, Measurement, tell
from benchmarks.subjects import SPARK, spark_is_missing
from spark_interpreter import Settings
from spark_interpreter.model import FileSource, Job, TableProfile
from spark_interpreter.platforms.aws_lambda.requests import payload
from spark_interpreter.sources import Sources
from tests.servers.aws_lambda import COMMAND, LambdaService
from tests.servers.moto import KEYS, REGION, Aws, moto_server

ROWS = 200_000
COLD_SECONDS, WARM_SECONDS = 2.5, 0.4
SCRIPT = """\
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("revenue by month").getOrCreate()

sales = (
    spark.read.option("header", "true")
    .schema("{schema}")
    .csv("{source}")
)
result = (
    sales.groupBy(F.date_trunc("month", "order_date").alias("month"))
    .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("revenue"))
    .orderBy("month")
)
result.write.mode("overwrite").parquet("{output}")
"""


def ask_lambda(folder: Path, runs: int) -> Iterator[Measurement]:
    """The embedded engine in the function, then Apache Spark in it."""
    path = folder / "sales.csv"
    write_sales(path, ROWS)
    with _s3(path) as (aws, source):
        ours = _seconds(aws, folder / "ours", COMMAND, {}, _our_requests(source), runs)
        detail = f"{path.stat().st_size / 1e6:.1f} MB, {ROWS:,} rows"
        yield Measurement("Lambda handler, cold", ours[0], "s", COLD_SECONDS, detail)
        yield Measurement("Lambda handler, warm", ours[1], "s", WARM_SECONDS, detail)
        if missing := spark_is_missing():
            tell(missing)
            return
        few = max(2, runs // 2)
        command, environment = _spark()
        spark = _seconds(
            aws, folder / "spark", command, environment, _spark_requests(aws, source), few
        )
        for name, mine, other in zip(("cold", "warm"), ours, spark, strict=True):
            yield Measurement(
                f"Lambda handler / the same with Apache Spark, {name}",
                mine / other,
                "x",
                1.0,
                f"{mine:.2f} s / {other:.2f} s",
            )


def _seconds(
    aws: Aws,
    folder: Path,
    command: Sequence[str],
    environment: dict[str, str],
    requests: Iterator[bytes],
    runs: int,
) -> tuple[float, float]:
    """From the start of the process, and from the request to a warm one, to the answer."""
    cold, warm = [], []
    with closing(
        LambdaService(aws.url, folder, slots=1, command=command, environment=environment)
    ) as service:
        service.faults.log_delay = None  # AWS does not keep the answer for the log either
        for number in range(runs):
            tell(f"{folder.name} {number + 1}/{runs}")
            service.stop_processes()
            cold.append(_invoke(service, next(requests)))
            warm += [_invoke(service, next(requests)) for _ in range(3)]
    return median(cold), median(warm)


def _invoke(service: LambdaService, request: bytes) -> float:
    started = time.perf_counter()
    ending, log = service.invoke(str(uuid.uuid4()), request)
    seconds = time.perf_counter() - started
    answer: Any = json.loads(ending.payload)
    if ending.error or answer.get("failure"):
        raise RuntimeError(f"{ending.payload.decode()}\n{log}")
    return seconds


def _our_requests(source: str) -> Iterator[bytes]:
    profiles = Sources(Settings(cache_max_mb=0)).profile([FileSource(uri=source)])
    while True:
        yield payload(_job(source, profiles))


def _job(source: str, profiles: tuple[TableProfile, ...]) -> Job:
    name = uuid.uuid4().hex
    output = f"{source.rpartition('/')[0]}/output/{name}"
    return Job(
        run_id=name,
        session_id=name,
        turn=1,
        script=SCRIPT.format(schema=SCHEMA, source=source, output=output),
        profiles=profiles,
        output=output,
        folder="",
        log_dir="",
        ordered=True,
    )


def _spark() -> tuple[Sequence[str], dict[str, str]]:
    (home,) = SPARK.glob("lib/python*/site-packages/pyspark")
    python = str(SPARK / "bin/python")
    environment = {"SPARK_HOME": str(home), "PYSPARK_PYTHON": python, "SPARK_LOCAL_IP": "127.0.0.1"}
    if "JAVA_HOME" in os.environ:
        environment["JAVA_HOME"] = os.environ["JAVA_HOME"]
    return (python, str(ROOT / "benchmarks/scripts/spark_handler.py")), environment


def _spark_requests(aws: Aws, source: str) -> Iterator[bytes]:
    """It gets the data and leaves the result by addresses that are signed for it."""
    s3 = aws.client("s3")
    bucket, _, key = source.removeprefix("s3://").partition("/")
    while True:
        place = {"Bucket": bucket, "Key": f"output/{uuid.uuid4().hex}.parquet"}
        yield json.dumps({
            "schema": SCHEMA,
            "source": s3.generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": key}
            ),
            "target": s3.generate_presigned_url("put_object", Params=place),
        }).encode()  # fmt: skip


@contextmanager
def _s3(path: Path) -> Iterator[tuple[Aws, str]]:
    """Moto behind the usual AWS settings, with the file in a bucket."""
    with (
        moto_server() as url,
        patch.dict(os.environ, {**KEYS, "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION}),
    ):
        aws = Aws(url)
        bucket = aws.new_bucket()
        aws.put(bucket, path.name, path.read_bytes())
        yield aws, f"s3://{bucket}/{path.name}"
