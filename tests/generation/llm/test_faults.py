"""What goes wrong between us and a model, over each protocol, and what is made of it."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.errors import (
    BudgetExceeded,
    GenerationError,
    ModelDenied,
    ModelRefused,
    ModelUnavailable,
    ModelUnknown,
    ModelUnreadable,
    SettingsError,
)
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.llm import ModelGenerator
from spark_interpreter.model import Draft, ModelSettings, NeedsInput, TableProfile
from spark_interpreter.model.source import FileSource
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources
from tests.servers.model import (
    LEAVES_CONNECTIONS,
    Call,
    Fault,
    ModelServer,
    Reply,
    calls,
    model_server,
    says,
)

PROTOCOLS = ["openai", "anthropic", "bedrock", "ollama", "gemini"]
ANALYSIS = 'result = orders.groupBy("region").count()'
SCRIPT = {"kind": "script", "analysis": ANALYSIS, "title": "Orders", "confidence": 0.9}
GOOD = Reply(calls=(Call("answer", SCRIPT),))

pytestmark = LEAVES_CONNECTIONS


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> tuple[TableProfile, ...]:
    path = tmp_path_factory.mktemp("data") / "orders.csv"
    path.write_text("id,region\n1,North\n2,South\n3,North\n")
    return Sources(Settings(cache_max_mb=0)).profile([FileSource(uri=str(path))])


def generated(
    server: ModelServer, profiles: tuple[TableProfile, ...], protocol: str, **settings: Any
) -> Draft | NeedsInput:
    quick = {"retry_seconds": 0.01, "timeout_seconds": 20}
    chosen = ModelSettings(**{**server.settings(protocol), **quick, **settings})
    request = GenerationRequest(
        question="orders by region", profiles=profiles, today=date(2026, 11, 23)
    )
    return ModelGenerator(chosen, price=(1.0, 2.0)).generate(request)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", ["throttled", "overloaded", "cut", "broken", "malformed"])
def test_what_passes_is_tried_again(
    profiles: tuple[TableProfile, ...], protocol: str, fault: Fault
) -> None:
    # Gemini's library skips what it cannot parse, so its nonsense is an empty answer.
    broken = Reply(text="some words before the trouble starts, and more", fault=fault)
    with model_server([broken, GOOD]) as server:
        draft = generated(server, profiles, protocol)
        assert len(server.requests) == 2
    assert isinstance(draft, Draft)
    assert draft.analysis == ANALYSIS
    assert draft.tables == ("orders",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("fault", "error", "calls_made"),
    [
        ("throttled", ModelUnavailable, 4),
        ("denied", ModelDenied, 1),
        ("unknown_model", ModelUnknown, 1),
        ("too_long", ModelUnknown, 1),
        ("length", ModelUnavailable, 1),
        ("refused", ModelRefused, 1),
    ],
)
def test_what_stays_wrong_is_said_in_a_sentence(
    profiles: tuple[TableProfile, ...],
    protocol: str,
    fault: Fault,
    error: type[GenerationError],
    calls_made: int,
) -> None:
    if protocol == "ollama" and fault == "refused":
        pytest.skip("Ollama has no filter that ends an answer")
    with model_server([Reply(text="I can not", fault=fault)]) as server:
        with pytest.raises(error) as raised:
            generated(server, profiles, protocol)
        assert len(server.requests) == calls_made
    assert raised.value.message.endswith(".")
    assert raised.value.remedy
    assert "scripted" in raised.value.message
    assert "secret-key-12345" not in f"{raised.value}{raised.value.detail}"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_model_that_falls_silent_is_given_up(
    profiles: tuple[TableProfile, ...], protocol: str
) -> None:
    started = time.monotonic()
    with (
        model_server([says("a few words, and then nothing at all", fault="stall")]) as server,
        pytest.raises(ModelUnavailable, match="said nothing for"),
    ):
        generated(server, profiles, protocol, timeout_seconds=0.5)
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "reply",
    [
        says(f"Here it is:\n```python\n{ANALYSIS}\n```\nIt counts orders."),
        says(f"```json\n{json.dumps(SCRIPT)}\n```"),
        says(f"Sure! {json.dumps(SCRIPT)} Anything else?"),
        says(json.dumps({"name": "answer", "arguments": SCRIPT})),
        calls("answer", {**SCRIPT, "analysis": f"```python\n{ANALYSIS}\n```"}, fragment=1),
        calls("answer", {**SCRIPT, "assumptions": None, "tables": "orders", "more": 1}),
    ],
    ids=["code-fence", "json-fence", "json-in-words", "wrapped", "fence-in-json", "sloppy"],
)
def test_an_answer_is_read_however_it_comes(
    profiles: tuple[TableProfile, ...], reply: Reply
) -> None:
    with model_server([reply]) as server:
        draft = generated(server, profiles, "openai")
    assert isinstance(draft, Draft)
    assert draft.analysis.strip() == ANALYSIS


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_wrong_json_is_asked_for_once_again(
    profiles: tuple[TableProfile, ...], protocol: str
) -> None:
    with model_server([calls("answer", '{"kind": "script", "analysis": "resu'), GOOD]) as server:
        draft = generated(server, profiles, protocol)
        assert len(server.requests) == 2
        assert server.requests[1].has("Your answer could not be read")
    assert isinstance(draft, Draft)
    assert draft.usage is not None
    assert draft.usage.input_tokens == 2000
    assert draft.usage.cost == pytest.approx(2 * (1.0 + 0.2))


def test_wrong_json_twice_is_an_error_of_one_sentence(
    profiles: tuple[TableProfile, ...],
) -> None:
    with model_server([says("I would rather not.")]) as server:
        with pytest.raises(ModelUnreadable, match="I would rather not") as raised:
            generated(server, profiles, "openai")
        assert len(server.requests) == 2
    assert raised.value.usage.input_tokens == 2000


def test_what_a_model_does_not_take_is_left_out(profiles: tuple[TableProfile, ...]) -> None:
    with model_server([Reply(fault="invalid"), GOOD]) as server:
        draft = generated(server, profiles, "openai")
        first, second = server.requests
    assert isinstance(draft, Draft)
    assert first.body["temperature"] == 0
    assert "temperature" not in second.body


def test_budgets_hold(profiles: tuple[TableProfile, ...]) -> None:
    with model_server([GOOD]) as server:
        with pytest.raises(BudgetExceeded, match="more than 100 tokens"):
            generated(server, profiles, "openai", budget_tokens=100)
        assert server.requests == []
    slow = says("slow " * 200, delay=0.05)
    with model_server([slow]) as server, pytest.raises(BudgetExceeded, match="at work for"):
        generated(server, profiles, "openai", budget_seconds=0.5)


def test_a_model_that_is_not_sure_asks_back(profiles: tuple[TableProfile, ...]) -> None:
    unsure = calls("answer", {**SCRIPT, "confidence": 0.2, "reading": "Orders of each region"})
    with model_server([unsure]) as server:
        asked = generated(server, profiles, "openai")
    assert isinstance(asked, NeedsInput)
    assert asked.closest == "Orders of each region"


def test_settings_that_cannot_work_are_named(profiles: tuple[TableProfile, ...]) -> None:
    with model_server([GOOD]) as server, pytest.raises(SettingsError, match="no model of openai"):
        generated(server, profiles, "openai", name="")


def test_cache_points_stand_after_what_does_not_change(
    profiles: tuple[TableProfile, ...],
) -> None:
    with model_server([GOOD]) as server:
        generated(server, profiles, "anthropic")
        generated(server, profiles, "bedrock", name="us.anthropic.claude-scripted")
        generated(server, profiles, "bedrock", name="meta.scripted")
        anthropic, claude, other = (asked.body for asked in server.requests)
    assert anthropic["system"][-1]["cache_control"] == {"type": "ephemeral"}
    content = anthropic["messages"][0]["content"]
    assert content[0]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in content[1]
    assert [list(block) for block in claude["system"]] == [["text"], ["cachePoint"]]
    assert [list(b) for b in claude["messages"][0]["content"]] == [
        ["text"], ["cachePoint"], ["text"],
    ]  # fmt: skip
    assert "cachePoint" not in json.dumps(other)


def test_no_secret_of_the_data_folder_is_sent(
    profiles: tuple[TableProfile, ...], tmp_path: Path
) -> None:
    """The prompt names tables by their labels, not by where they lie."""
    with model_server([GOOD]) as server:
        generated(server, profiles, "openai")
        (asked,) = server.requests
    where = profiles[0].read.locations[0]
    assert str(Path(where).parent) not in asked.text
    assert str(tmp_path) not in asked.text
