"""Run scripts one after the other inside one Apache Spark.

    spark-submit run_scripts.py REPORT FILE...

Each file is executed unchanged in a namespace of its own; `getOrCreate()` gives all of them the
session of this process, which spares the start of a JVM for each. The report is JSON: for each
file its seconds and, if it failed, its error. This file runs in the environment of Apache Spark
and imports nothing of ours.
"""

import json
import sys
import time
import traceback
from pathlib import Path

from pyspark.sql import SparkSession


def run_script(path: Path) -> dict[str, float | str]:
    started = time.perf_counter()
    error = ""
    try:
        if path.suffix == ".sql":
            for statement in path.read_text("utf-8").splitlines():
                SparkSession.builder.getOrCreate().sql(statement)
            return {"seconds": time.perf_counter() - started, "error": error}
        code = compile(path.read_bytes(), str(path), "exec")
        exec(code, {"__name__": "__main__", "__file__": str(path)})
    except Exception:  # noqa: BLE001 - a script may raise anything, and it is reported
        error = traceback.format_exc()
    return {"seconds": time.perf_counter() - started, "error": error}


def main(report: Path, scripts: list[Path]) -> None:
    spark = SparkSession.builder.getOrCreate()
    results = {script.stem: run_script(script) for script in scripts}
    report.write_text(json.dumps(results))
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
