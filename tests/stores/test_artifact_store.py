"""What every artifact store does. A new implementation adds itself to `STORES`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spark_interpreter.errors import NotFound
from spark_interpreter.stores import ArtifactStore, FolderArtifactStore

STORES: dict[str, Callable[[Path], ArtifactStore]] = {
    "folder": lambda folder: FolderArtifactStore(folder / "artifacts"),
}
SESSION = "3f0e4b0a-6c43-4d2a-9d6b-6f9f5f0e7f11"


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    return STORES[request.param](tmp_path)


def test_layout(store: ArtifactStore) -> None:
    assert store.script_uri(SESSION, 2).endswith(f"/scripts/{SESSION}/2.py")
    assert store.output_uri(SESSION, 2).endswith(f"/output/{SESSION}/2")
    logs = store.log_dir("local", f"{SESSION}-2")
    assert logs.is_dir()
    assert logs.parts[-3:] == ("logs", "local", f"{SESSION}-2")


def test_text_comes_back(store: ArtifactStore) -> None:
    uri = store.script_uri(SESSION, 1)
    for text in ["", "print('größer')\n" * 1000, "line\r\nend"]:
        store.write_text(uri, text)
        assert store.read_text(uri) == text


def test_what_is_not_there(store: ArtifactStore) -> None:
    with pytest.raises(NotFound):
        store.read_text(store.script_uri(SESSION, 9))
    store.clear_output(SESSION, 9)
    store.delete_session(SESSION)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "a\\b",
        "a\0b",
        "-rf",
        "é",
        "a b",
        "x" * 200,
        "a\n",
        "~",
    ],
)
def test_ids_that_would_leave_their_folder(store: ArtifactStore, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: store.script_uri(name, 1),
        lambda: store.output_uri(name, 1),
        lambda: store.clear_output(name, 1),
        lambda: store.delete_session(name),
        lambda: store.log_dir(name, "run"),
    ]
    if len(name) < 200:
        calls.append(lambda: store.log_dir("local", name))
    for call in calls:
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("turn", [0, -1])
def test_turns_count_from_one(store: ArtifactStore, turn: int) -> None:
    with pytest.raises(NotFound):
        store.output_uri(SESSION, turn)


def test_uris_of_others_are_refused(store: ArtifactStore) -> None:
    for uri in ["/etc/passwd", f"{store.script_uri(SESSION, 1)}/../../../../outside", "x.py"]:
        with pytest.raises(NotFound):
            store.read_text(uri)
        with pytest.raises(NotFound):
            store.write_text(uri, "x")


def test_deleting_a_session_leaves_the_others(store: ArtifactStore) -> None:
    others = [f"{SESSION}-1", f"{SESSION}x", "b" * 40]
    for session in [SESSION, *others]:
        store.write_text(store.script_uri(session, 1), "x")
        store.log_dir("local", f"{session}-1")
    store.delete_session(SESSION)
    with pytest.raises(NotFound):
        store.read_text(store.script_uri(SESSION, 1))
    for session in others:
        assert store.read_text(store.script_uri(session, 1)) == "x"
        logs = store.log_dir("local", f"{session}-1")
        assert logs.is_dir()
