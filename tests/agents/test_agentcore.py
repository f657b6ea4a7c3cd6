"""Both agents as runtimes, driven by boto3 as anybody would who deploys them."""

import json
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter import Settings
from spark_interpreter.agent_runtime import AgentRuntime
from spark_interpreter.errors import AgentUnavailable
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import Planner
from spark_interpreter.generation.remote import RemoteGenerator
from spark_interpreter.model import Draft, FileSource, ValueCount, now
from spark_interpreter.model.deployment import AgentSettings
from spark_interpreter.sources import Sources
from tests.scripts import SLOW, SMALL as SCRIPT
from tests.servers.agentcore import ARN, AgentCore, Runtime, agentcore

SUPERVISOR = "spark_supervisor_agent"
CODE = "code_generation_agent"


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentCore]:
    home = tmp_path_factory.mktemp("agentcore")
    runtimes = {
        SUPERVISOR: Runtime("supervisor_runtime", home / "supervisor").start(),
        CODE: Runtime("code_generation_runtime", home / "code").start(),
    }
    with agentcore(runtimes) as core:
        yield core


@pytest.fixture(autouse=True)
def led_here(core: AgentCore, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in core.environment.items():
        monkeypatch.setenv(name, value)


def session() -> str:
    return f"{uuid.uuid4()}-{uuid.uuid4()}"


class Agent:
    """A runtime as boto3 reaches it."""

    def __init__(self, name: str, session_id: str) -> None:
        import boto3

        self._client = boto3.client("bedrock-agentcore", region_name="us-east-1")
        self._name = name
        self._session = session_id

    def __call__(self, **payload: Any) -> Any:
        response = self._invoke(payload)
        assert response["contentType"] == "application/json"
        return json.loads(response["response"].read())

    def frames(self, **payload: Any) -> Iterator[Any]:
        response = self._invoke(payload)
        assert response["contentType"].startswith("text/event-stream")
        for line in response["response"].iter_lines():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def until_finished(self, turn: int) -> Any:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self(action="turn", turn=turn)
            if found["turn"]["state"] in {"completed", "failed", "cancelled"}:
                return found
            time.sleep(0.1)
        pytest.fail("the turn did not end")

    def _invoke(self, payload: Any) -> Any:
        return self._client.invoke_agent_runtime(
            agentRuntimeArn=ARN + self._name, runtimeSessionId=self._session,
            payload=json.dumps(payload).encode(), contentType="application/json",
        )  # fmt: skip


def test_a_turn_is_streamed_to_its_answer(core: AgentCore) -> None:
    mine = session()
    frames = list(Agent(SUPERVISOR, mine).frames(spark_code=SCRIPT))
    events = [frame["event"] for frame in frames[:-1]]
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["state"] == "completed"
    answer = frames[-1]["answer"]
    assert (answer["session_id"], answer["row_count"]) == (mine, 3)
    assert sorted(answer["rows"]) == [[0, 0], [1, 2], [2, 4]]


def test_a_long_turn_goes_on_in_the_background(core: AgentCore) -> None:
    runtime = core.runtimes[SUPERVISOR]
    agent = Agent(SUPERVISOR, session())
    assert runtime.ping() == "Healthy"
    begun = agent(spark_code=SLOW, wait=False)
    assert begun["state"] in {"queued", "profiling"}
    assert runtime.ping() == "HealthyBusy"
    found = agent(action="turn", turn=begun["turn"])
    assert found["turn"]["state"] not in {"completed", "failed"}
    assert found["events"]
    agent(action="cancel", turn=begun["turn"])
    assert agent.until_finished(begun["turn"])["turn"]["state"] == "cancelled"
    deadline = time.monotonic() + 10
    while runtime.ping() != "Healthy":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_sessions_do_not_see_one_another(core: AgentCore) -> None:
    mine, other = Agent(SUPERVISOR, session()), Agent(SUPERVISOR, session())
    begun = mine(spark_code=SCRIPT, wait=False)
    assert mine.until_finished(begun["turn"])["turn"]["result"]["manifest"]["row_count"] == 3
    for action in ("turn", "cancel"):
        assert other(action=action, turn=begun["turn"])["error"]["code"] == "not_found"
    assert mine(action="turn", turn=1, owner="lee")["error"]["code"] == "not_found"
    refused = mine(
        action="tool", name="extract_execution_logs", input={"session_id": "x", "turn": 1}
    )
    assert refused["error"]["code"] == "not_found"


def test_no_file_of_the_runtime_is_read(core: AgentCore) -> None:
    agent = Agent(SUPERVISOR, session())
    frames = list(agent.frames(prompt="how many rows", sources=["/etc/passwd"]))
    assert frames[-1]["answer"]["error"]["code"] == "source_unreadable"
    reading = SCRIPT.replace("spark.range(3)", 'spark.read.text("/etc/passwd")')
    frames = list(agent.frames(spark_code=reading))
    assert frames[-1]["answer"]["status"] in {"failed", "refused"}
    for path in ("../../sessions.db", "/etc/passwd", "nothing.parquet"):
        begun = agent(spark_code=SCRIPT, wait=False)
        agent.until_finished(begun["turn"])
        found = agent(action="file", turn=begun["turn"], path=path)
        assert found["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "payload",
    [{"action": "dance"}, {"action": "turn", "turn": "x"}, {"prompt": " "}, {"surprise": 1}],
    ids=str,
)
def test_a_wrong_payload_is_answered_with_an_error(core: AgentCore, payload: Any) -> None:
    assert Agent(SUPERVISOR, session())(**payload)["error"]["code"] == "usage"


def test_the_tools_by_name(core: AgentCore) -> None:
    agent = Agent(SUPERVISOR, session())
    run = agent(action="tool", name="execute_spark_code_local", input={"spark_code": SCRIPT})
    assert (run["row_count"], run["truncated"]) == (3, False)
    checked = agent(action="tool", name="validate_spark_code", input={"spark_code": "x ="})
    assert not checked["ok"]
    refused = agent(action="tool", name="execute_spark_code_emr", input={"spark_code": SCRIPT})
    assert refused["error"]["code"] == "placement"


def test_a_crash_in_the_middle_ends_the_turn(tmp_path: Path, core: AgentCore) -> None:
    runtime = Runtime("supervisor_runtime", tmp_path).start()
    core.runtimes["crashing"] = runtime
    agent = Agent("crashing", session())
    begun = agent(spark_code=SLOW, wait=False)
    deadline = time.monotonic() + 30
    while agent(action="turn", turn=begun["turn"])["turn"]["state"] != "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    runtime.stop(signal.SIGKILL)
    with pytest.raises(Exception, match="RuntimeClientError"):
        agent(action="turn", turn=begun["turn"])
    runtime.start()
    found = agent.until_finished(begun["turn"])
    assert (found["turn"]["state"], found["turn"]["error"]["code"]) == ("failed", "interrupted")
    assert core.invoked["crashing ask"] == 1


# --- code generation ------------------------------------------------------------------------


def request_of(shop: Path, question: str, tmp_path: Path) -> GenerationRequest:
    sources = Sources(Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache"))
    profiles = sources.profile([FileSource(uri=str(shop / "orders.csv"))])
    return GenerationRequest(
        question=question, profiles=profiles, today=now().date(), find_values=sources.find_values
    )


@pytest.fixture
def remote() -> RemoteGenerator:
    return RemoteGenerator(AgentSettings(code_generation_arn=ARN + CODE))


def test_code_is_written_elsewhere_as_here(
    remote: RemoteGenerator, shop: Path, tmp_path: Path
) -> None:
    for question in ("total amount by region", "temperature by planet", "orders in 2024-02"):
        request = request_of(shop, question, tmp_path)
        assert remote.generate(request) == Planner(0.5).generate(request)


def test_values_are_looked_up_by_who_has_the_data(
    remote: RemoteGenerator, core: AgentCore, tmp_path: Path
) -> None:
    """A word that only the whole source explains: the agent asks, the caller looks."""
    path = tmp_path / "people.csv"
    names = [f"{n},Person {n},{n}" for n in range(30_000)]
    path.write_text("\n".join(["id,name,amount", *names, "30000,Zaphod,7"]) + "\n")
    sources = Sources(Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache"))
    looked: list[str] = []

    def find_values(table: Any, column: str, text: str) -> tuple[ValueCount, ...]:
        looked.append(text)
        return tuple(sources.find_values(table, column, text))

    request = GenerationRequest(
        question="total amount of Zaphod",
        profiles=sources.profile([FileSource(uri=str(path))]),
        today=now().date(),
        find_values=find_values,
    )
    before = core.invoked[f"{CODE} ask"]
    outcome = remote.generate(request)
    assert isinstance(outcome, Draft)
    assert "Zaphod" in outcome.analysis
    assert looked
    assert outcome == Planner(0.5).generate(request)
    assert core.invoked[f"{CODE} ask"] == before + 2


def test_keys_are_looked_for_by_who_has_the_data(
    remote: RemoteGenerator, core: AgentCore, tmp_path: Path
) -> None:
    lines = [(order, line, "ab"[line]) for order in range(9) for line in (0, 1)]
    for name, columns, rows in (
        ("order_lines", "order_id,line_no,product", lines),
        ("shipments", "order_id,line_no,weight", [(*row[:2], 5) for row in lines * 2]),
    ):
        text = "\n".join([columns, *(",".join(map(str, row)) for row in rows), ""])
        (tmp_path / f"{name}.csv").write_text(text)
    sources = Sources(Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache"))
    files = [FileSource(uri=str(tmp_path / f"{n}.csv")) for n in ("order_lines", "shipments")]
    request = GenerationRequest(
        question="total weight by product", profiles=sources.profile(files), today=now().date(),
        find_values=sources.find_values, find_keys=sources.find_keys,
    )  # fmt: skip
    outcome = remote.generate(request)
    assert isinstance(outcome, Draft)
    assert 'join(order_lines, ["order_id", "line_no"])' in outcome.analysis
    assert outcome == Planner(0.5).generate(request)


def test_an_agent_is_called_once_and_failures_are_sentences(core: AgentCore) -> None:
    settings = AgentSettings(code_generation_arn=ARN + "nobody")
    with pytest.raises(AgentUnavailable, match="The agent nobody does not exist"):
        AgentRuntime(settings.code_generation_arn, settings).invoke("{}", session())
    core.lose.add("turn")
    before = core.invoked[f"{SUPERVISOR} turn"]
    runtime = AgentRuntime(ARN + SUPERVISOR, AgentSettings())
    with pytest.raises(AgentUnavailable) as caught:
        runtime.invoke('{"action": "turn"}', session())
    assert caught.value.begun
    assert core.invoked[f"{SUPERVISOR} turn"] == before + 1
