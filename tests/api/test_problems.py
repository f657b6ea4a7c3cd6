"""One shape of an error, whoever produced it."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from spark_interpreter import errors
from spark_interpreter.api import create_app
from spark_interpreter.api.problems import MEDIA_TYPE, Problem, problem_of, status_of
from spark_interpreter.settings import Settings
from tests.api.access.support import served

pytestmark = pytest.mark.xdist_group("service")
Producer = Callable[[httpx.Client], httpx.Response]
UNKNOWN = "/spark/result/00000000-0000-0000-0000-000000000000"

PRODUCERS: dict[str, tuple[int, str, Producer]] = {
    "no route": (404, "not_found", lambda c: c.get("/nothing")),
    "no method": (405, "method_not_allowed", lambda c: c.put("/health")),
    "no session": (404, "not_found", lambda c: c.get(UNKNOWN)),
    "no turn": (404, "not_found", lambda c: c.get(f"{UNKNOWN}/1/rows")),
    "no field": (422, "usage", lambda c: c.post("/spark/generate", json={})),
    "no JSON": (
        422, "usage",
        lambda c: c.post(
            "/spark/generate", content=b"{", headers={"Content-Type": "application/json"}
        ),
    ),
    "unknown field": (
        422, "usage", lambda c: c.post("/spark/generate", json={"prompt": "a", "colour": 1}),
    ),
    "wrong parameter": (422, "usage", lambda c: c.get("/sessions", params={"limit": 0})),
    "only blanks": (422, "usage", lambda c: c.post("/spark/generate", json={"prompt": "  "})),
    "output nowhere": (
        422, "usage",
        lambda c: c.post("/spark/generate", json={"prompt": "a", "s3_output_path": "/b/k"}),
    ),
    "source not there": (
        404, "source_not_found", lambda c: c.get("/sources/profile", params={"uri": "/no/file"}),
    ),
    "upload not there": (
        404, "not_found",
        lambda c: c.post("/spark/generate", json={"prompt": "a", "sources": ["upload:1"]}),
    ),
    "too large": (
        413, "request_too_large",
        lambda c: c.post("/spark/generate", json={"prompt": "a" * 99_999}),
    ),
    "another site": (
        403, "forbidden",
        lambda c: c.post(
            "/spark/generate", json={"prompt": "a"}, headers={"Origin": "https://evil.example"}
        ),
    ),
    "another host": (403, "forbidden", lambda c: c.get("/sessions", headers={"Host": "evil"})),
    "a wrong link": (403, "forbidden", lambda c: c.get("/shared/abc")),
}  # fmt: skip


@pytest.mark.parametrize("name", PRODUCERS)
def test_every_producer_has_the_one_shape(client: httpx.Client, name: str) -> None:
    status, code, produce = PRODUCERS[name]
    response = produce(client)
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(response.json())
    assert (response.status_code, problem.status, problem.code) == (status, status, code)
    assert problem.type.endswith(code)
    assert problem.detail
    assert problem.request_id == response.headers["x-request-id"]


def test_a_wrong_field_is_named(client: httpx.Client) -> None:
    body = client.post("/spark/generate", json={"prompt": "a", "wait": "soon"}).json()
    assert [field["at"] for field in body["fields"]] == ["body.wait"]


def test_a_defect_of_ours_says_nothing_about_the_inside(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache"))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret")

    with served(app) as client:
        response = client.get("/broken")
    problem = Problem.model_validate(response.json())
    assert (problem.status, problem.code) == (500, "internal")
    assert problem.request_id
    assert "a secret" not in response.text


def every_error() -> list[type[errors.InterpreterError]]:
    found = inspect.getmembers(errors, inspect.isclass)
    return [kind for _, kind in found if issubclass(kind, errors.InterpreterError)]


@pytest.mark.parametrize("kind", every_error())
def test_every_error_of_the_tree_is_a_problem(kind: Any) -> None:
    error = kind("It is wrong.")
    response = problem_of(error)
    problem = Problem.model_validate_json(bytes(response.body))
    assert 400 <= status_of(error) < 600
    assert (problem.code, problem.detail) == (kind.code, "It is wrong.")
    assert ("retry-after" in response.headers) == hasattr(error, "retry_after")
