"""The shape of the house: import directions, what packages export, what importing costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import spark_interpreter

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/spark_interpreter"
MODULES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = [path for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE]
HEAVY = {
    "altair", "bedrock_agentcore", "boto3", "duckdb", "grpc", "mcp", "pandas", "pyarrow", "pysail",
    "pyspark", "sqlglot", "strands", "vl_convert",
}  # fmt: skip


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_imports_go_downwards_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_say_what_they_are_and_fit_in_a_head(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    if tree.body and path.name != "__about__.py":
        assert ast.get_docstring(tree), "no docstring"
    assert len(text.splitlines()) <= 600


@pytest.mark.parametrize("path", PACKAGES, ids=relative)
def test_packages_export_and_do_nothing_else(path: Path) -> None:
    exported: list[str] = []
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                exported = ast.literal_eval(node.value)
            case _:
                pytest.fail(f"line {node.lineno} is neither an import nor __all__")
    assert exported == sorted(exported, key=constants_classes_functions)


def constants_classes_functions(name: str) -> tuple[bool, bool, str]:
    return not name.isupper(), not name[0].isupper(), name


def test_the_top_exports_lazily_what_it_lists() -> None:
    assert spark_interpreter.__all__ == sorted(
        spark_interpreter.__all__, key=constants_classes_functions
    )
    assert all(getattr(spark_interpreter, name) for name in spark_interpreter.__all__)


def test_importing_the_package_stays_light() -> None:
    code = "import sys, spark_interpreter; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == set()
