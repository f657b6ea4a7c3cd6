"""Revenue by month, as one would write it by hand: `by_hand.py FILE SCHEMA`.

It runs on the engine that the environment offers: with `EMBEDDED=1` on pysail, started here, else
on Apache Spark through `spark-submit`. The rows are printed as JSON.
"""

import json
import os
import sys


def start_embedded() -> object:
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer()
    server.start()
    _, port = server.listening_address
    os.environ["SPARK_REMOTE"] = f"sc://localhost:{port}"
    return server


def main(path: str, schema: str) -> None:
    server = start_embedded() if os.environ.get("EMBEDDED") else None

    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.builder.appName("by hand").getOrCreate()
    if path.endswith(".parquet"):
        sales = spark.read.parquet(path)
    else:
        sales = spark.read.option("header", "true").schema(schema).csv(path)
    result = (
        sales.groupBy(F.date_trunc("month", "order_date").alias("month"))
        .agg(F.sum(F.col("quantity") * F.col("unit_price")).alias("revenue"))
        .orderBy("month")
    )
    rows = [(row["month"].strftime("%Y-%m"), row["revenue"]) for row in result.collect()]
    print(json.dumps(rows))
    spark.stop()
    del server


if __name__ == "__main__":
    main(*sys.argv[1:])
