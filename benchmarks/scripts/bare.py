"""A script of the product by itself, as one would run it by hand.

    python -m benchmarks.scripts.bare SCRIPT

It runs on the engine that the environment offers: with `EMBEDDED=1` on pysail, started here, else
on the Spark Connect server that `SPARK_REMOTE` names.
"""

import os
import runpy
import sys

from benchmarks.scripts.by_hand import start_embedded


def main(script: str) -> None:
    server = start_embedded() if os.environ.get("EMBEDDED") else None
    runpy.run_path(script, run_name="__main__")

    from pyspark.sql import SparkSession

    SparkSession.builder.getOrCreate().stop()
    del server


if __name__ == "__main__":
    main(sys.argv[1])
