"""The command line does without what it does not need."""

import subprocess
import sys


def test_arrow_imports_pandas_only_when_asked_for_a_data_frame() -> None:
    code = """
import sys
from spark_interpreter.cli.haste import keep_pandas_out_of_arrow
keep_pandas_out_of_arrow()
import pyarrow as pa
assert pa.array(["a", None]).to_pylist() == ["a", None]
print("pandas" in sys.modules)
print(type(pa.table({"n": [1]}).to_pandas()).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "DataFrame"]


def test_moments_are_read_without_pandas() -> None:
    """Arrow makes a datetime of nanoseconds only with the help of pandas."""
    code = """
from spark_interpreter.cli.haste import keep_pandas_out_of_arrow
keep_pandas_out_of_arrow()
import pyarrow as pa
from spark_interpreter.model import ColumnProfile
from spark_interpreter.sources.files.figures import with_figures
moments = pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns", "UTC"))
print(with_figures(ColumnProfile(name="at", header="at", type="timestamp"), moments).minimum)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2023-11-14 22:13:20.123456"
