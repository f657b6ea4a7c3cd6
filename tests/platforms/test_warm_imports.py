"""What the warm parent loads before it can give its first process."""

import subprocess
import sys

CODE = """
import sys
import spark_interpreter.platforms.embedded.forkserver
needless = {"pydantic_settings", "psutil", "ssl", "boto3", "spark_interpreter.aws"}
print(*sorted(needless & set(sys.modules)))
"""


def test_nothing_that_no_run_needs() -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == []
