"""Many threads parse at the same time."""

import ast
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from spark_interpreter.syntax import parse

DEEP = "x = " + "(" * 60 + "1" + " + 1)" * 60 + "\n"


def test_threads_do_not_disturb_one_another() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            trees = list(pool.map(parse, [DEEP * 20] * 64))
    finally:
        sys.setswitchinterval(before)
    assert all(len(tree.body) == 20 for tree in trees)
    assert ast.dump(trees[0]) == ast.dump(trees[-1])


def test_what_is_not_python_says_so() -> None:
    with pytest.raises(SyntaxError):
        parse("x = = 1")
