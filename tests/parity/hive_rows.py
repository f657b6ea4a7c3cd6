"""Runs on Apache Spark: prints the rows of two Hive tables of text as JSON.

Usage: hive_rows.py FOLDER, which holds `lazy/` and `open/` with the files, and takes the metastore.
"""

import json
import sys

from pyspark.sql import SparkSession

folder = sys.argv[1]
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.ansi.enabled", "true")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.warehouse.dir", f"{folder}/warehouse")
    .config(
        "spark.driver.extraJavaOptions",
        f"-Duser.timezone=UTC -Dderby.system.home={folder}/metastore",
    )
    .enableHiveSupport()
    .getOrCreate()
)
SERDES = {
    "lazy": (
        "n int, x double, ok boolean, at timestamp, s varchar(3), d date, m decimal(10,2)",
        "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "WITH SERDEPROPERTIES ('field.delim' = ',', 'escape.delim' = '\\\\')",
    ),
    "open": ("id string, qty bigint, d date", "org.apache.hadoop.hive.serde2.OpenCSVSerde", ""),
}
rows = {}
for name, (columns, serde, options) in SERDES.items():
    spark.sql(
        f"CREATE EXTERNAL TABLE {name}_rows ({columns}) ROW FORMAT SERDE '{serde}' {options} "
        f"STORED AS TEXTFILE LOCATION '{folder}/{name}'"
    )
    table = spark.table(f"{name}_rows")
    texts = [table[c].cast("string").alias(c) for c in table.columns]
    rows[name] = [list(row) for row in table.select(*texts).collect()]
sys.stdout.write(json.dumps(rows) + "\n")
