"""The embedded engine as a Spark Connect server of its own, where a test needs no Apache Spark."""

import sys
from pathlib import Path

_PROGRAM = """#!{python}
import signal, sys
from pysail.spark import SparkConnectServer
options = dict(part.split("=", 1) for part in sys.argv if part.startswith("spark.connect."))
server = SparkConnectServer("127.0.0.1", int(options["spark.connect.grpc.binding.port"]))
server.start()
signal.pause()
"""


def sail_home(folder: Path) -> Path:
    """A folder that passes for a `SPARK_HOME`: its `spark-submit` starts that server."""
    program = folder / "bin" / "spark-submit"
    program.parent.mkdir(parents=True)
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return folder
