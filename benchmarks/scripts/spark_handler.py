"""Revenue by month in a Lambda function with Apache Spark inside, as one would write it by hand.

A small loop of the Runtime API around a handler; the session stays between invocations.
"""

import json
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession, functions as F

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"

spark = (
    SparkSession.builder.master("local[2]")
    .appName("by hand")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.memory", "2g")
    .getOrCreate()
)


def handle(event: dict[str, Any]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp())
    try:
        urllib.request.urlretrieve(event["source"], f"{folder}/sales.csv")
        sales = (
            spark.read.option("header", "true").schema(event["schema"]).csv(f"{folder}/sales.csv")
        )
        result = (
            sales.groupBy(F.date_trunc("month", "order_date").alias("month"))
            .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("revenue"))
            .orderBy("month")
        )
        result.coalesce(1).write.parquet(f"{folder}/output")
        (part,) = (folder / "output").glob("*.parquet")
        kind = {"Content-Type": "application/octet-stream"}
        put = urllib.request.Request(event["target"], part.read_bytes(), kind, method="PUT")
        urllib.request.urlopen(put).close()
        return {"bytes": part.stat().st_size}
    finally:
        shutil.rmtree(folder)


def main() -> None:
    while True:
        with urllib.request.urlopen(f"{API}/next") as response:
            request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
            event = json.load(response)
        answer = json.dumps(handle(event)).encode()
        urllib.request.urlopen(f"{API}/{request_id}/response", data=answer).close()


if __name__ == "__main__":
    main()
