"""With the policy off, the sandbox still keeps what is not the run's own out of reach."""

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import Job, Limits
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.platforms.embedded.sandbox.layers import sandbox_layers
from spark_interpreter.settings import Settings
from tests.attacks.attacks import Attack, load_attacks
from tests.platforms.warm import pods

SECRET = "the-content-of-a-secret-file"
VARIABLE = "ATTACKED_TOKEN"
VARIABLE_VALUE = "the-value-of-a-secret-variable"
LIMITS = Limits(seconds=2, memory_mb=768, output_mb=20, log_kb=64)

HARMLESS = {
    "028_breakpoint": "the debugger shows the script's own text",
    "092_session_remote": "the session it gets is its own engine's",
    "170_terminal_escapes": "the text is logged, its escapes are not",
}
"""Attacks that print REACHED and have reached nothing."""

pytestmark = pytest.mark.skipif(
    not all(layer.available for layer in sandbox_layers()),
    reason="this machine lacks a layer of the sandbox: see `spark-interpreter doctor`",
)


@dataclass(frozen=True)
class Surroundings:
    """What an attack is after."""

    folder: Path
    secret: Path
    outside: Path
    other_run: Path
    home: Path
    tcp: socket.socket
    unix: socket.socket
    victim: subprocess.Popen[bytes]

    def untouched(self) -> dict[str, tuple[int, bytes]]:
        """Every file an attack must not change, with its mode and content."""
        return {
            str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
            for folder in (self.outside, self.other_run, self.home, self.secret.parent)
            for path in [folder, *folder.rglob("*")]
        }

    def visited(self) -> bool:
        """Whether somebody connected to one of the sockets."""
        for listener in (self.tcp, self.unix):
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                continue
            return True
        return False


@pytest.fixture(scope="module")
def platform() -> Iterator[EmbeddedPlatform]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, VARIABLE_VALUE)
        with EmbeddedPlatform(Settings()) as platform:
            yield platform


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    base = tmp_path_factory.mktemp("attacked")
    for name in ("private", "outside", "other_run", "home"):
        (base / name).mkdir()
    secret = base / "private" / "secret.csv"
    secret.write_text(f"a,b\n{SECRET},1\n")
    (base / "other_run" / "part-00000.parquet").write_bytes(b"another run's result")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
        subprocess.Popen(["sleep", "600"]) as victim,
    ):
        unix.bind(str(base / "socket"))
        unix.listen()
        tcp.setblocking(False)
        unix.setblocking(False)
        yield Surroundings(
            base, secret, base / "outside", base / "other_run", base / "home", tcp, unix, victim
        )
        victim.kill()


@pytest.mark.parametrize("attack", load_attacks(), ids=lambda attack: attack.name)
def test_attack_reaches_nothing(
    attack: Attack, platform: EmbeddedPlatform, surroundings: Surroundings, tmp_path: Path
) -> None:
    source = tmp_path / "input.csv"
    source.write_text("a,b\n1,2\n")
    output = tmp_path / "output"
    text = attack.at(
        INPUT=source,
        OUTPUT=output,
        SECRET=surroundings.secret,
        OUTSIDE=surroundings.outside,
        SOCKET=surroundings.folder / "socket",
        PORT=surroundings.tcp.getsockname()[1],
        PID=surroundings.victim.pid,
        VARIABLE=VARIABLE,
    )
    job = Job(
        run_id=attack.name,
        session_id="attack",
        turn=1,
        script=text,
        read_paths=(str(source),),
        output=str(output),
        folder=str(output),
        log_dir=str(tmp_path / "logs"),
        limits=LIMITS,
    )
    before = surroundings.untouched()
    started = time.monotonic()
    told = _run(platform, job)
    assert time.monotonic() - started < LIMITS.seconds + 3

    log = "".join(path.read_text("utf-8") for path in Path(job.log_dir).iterdir())
    seen = told + log
    for place in (SECRET, VARIABLE_VALUE):
        assert place not in seen
        assert not any(place.encode() in path.read_bytes() for path in _files(output))
    if attack.name not in HARMLESS:
        assert "REACHED" not in log
    assert "\x1b" not in seen
    assert surroundings.untouched() == before
    assert not surroundings.visited()
    assert surroundings.victim.poll() is None
    assert _left_over() == []


def _run(platform: EmbeddedPlatform, job: Job) -> str:
    """What the run tells its owner."""
    try:
        run = platform.execute(job, on_progress=lambda _: None, cancellation=Cancellation())
    except InterpreterError as exc:
        return f"{exc.message} {exc.remedy}"
    return run.model_dump_json()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _left_over() -> list[psutil.Process]:
    """Processes below the warm parent, once the last pod had a moment to end."""
    deadline = time.monotonic() + 2
    while True:
        left = pods()
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)
