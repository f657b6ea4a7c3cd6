"""Allow-lists of paths, buckets and connections."""

from pathlib import Path

import pytest

from spark_interpreter.api.access import Access, Caller
from spark_interpreter.api.access.data import DataAccess
from spark_interpreter.errors import Forbidden
from spark_interpreter.model import FileSource, GlueTable, PostgresTable, SnowflakeTable, Source
from tests.api.access.support import settings_of

KIM = Caller("kim", "analyst", "key")
ROOT = Caller("root", "admin", "key")
LOCAL = Caller("local", "admin", "open")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("shared/sub", "team", "secret", "data/uploads"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "shared/link").symlink_to(tmp_path / "secret")
    return tmp_path


@pytest.fixture
def access(folder: Path) -> DataAccess:
    allow = {
        "*": {"paths": [str(folder / "shared")], "buckets": ["open-data"]},
        "role:analyst": {"buckets": ["sales/2026"], "connections": ["warehouse", "glue/web"]},
        "user:kim": {"paths": [str(folder / "team")]},
        "role:admin": {"paths": ["*"], "buckets": ["*"], "connections": ["*"]},
    }
    return DataAccess(settings_of(folder, allow=allow))


def allowed(access: DataAccess, caller: Caller, source: Source | str) -> bool:
    try:
        access.check(caller, [FileSource(uri=source) if isinstance(source, str) else source])
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("{0}/shared/a.csv", True),
        ("file://{0}/shared/a.csv", True),
        ("file://{0}/shared%2Fa.csv", True),
        ("{0}/shared", True),
        ("{0}/shared/sub/*.csv", True),
        ("{0}/team/a.csv", True),
        ("{0}/shared/../team/a.csv", True),
        ("{0}/secret/a.csv", False),
        ("{0}/shared/../secret/a.csv", False),
        ("{0}/shared/%2e%2e/secret", True),  # a folder with this name, nothing else
        ("file://{0}/shared/%2e%2e/secret", False),
        ("{0}/shared/link/a.csv", False),
        ("{0}/shared/*/../../secret/a.csv", False),
        ("{0}/sharedsecret", False),
        ("{0}/*/a.csv", False),
        ("{0}", False),
        ("/etc/passwd", False),
        ("~/a.csv", False),
        ("a.csv", False),
        ("upload:0123", True),
        ("s3://open-data/a.csv", True),
        ("s3a://open-data/a.csv", True),
        ("S3://open-data/a.csv", True),
        ("s3://sales/2026/a.csv", True),
        ("s3://sales/2025/a.csv", False),
        ("s3://sales/20267/a.csv", False),
        ("s3://sales/2026/../2025/a.csv", False),
        ("s3://sales/2026", True),
        ("s3://sales/2026/**/*.csv", True),
        ("s3://sales/2026?/a.csv", False),
        ("s3://sales/2026#/a.csv", False),
        ("s3://sales//2026/a.csv", False),
        ("s3://sales/202{{6,5}}/a.csv", False),
        ("s3://open-data-2/a.csv", False),
        ("s3://key@open-data/a.csv", False),
        ("https://attacker.example/a.csv", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("hdfs://cluster/a", False),
        ("~nobody-there/a.csv", False),
        ("file://[", False),
        ("s3://[/a", False),
        ("file:///%00", False),
        ("{0}/shared/" + "a" * 300, True),
    ],
)
def test_files(access: DataAccess, folder: Path, uri: str, expected: bool) -> None:
    assert allowed(access, KIM, uri.format(folder)) == expected


def test_connections(access: DataAccess) -> None:
    warehouse = PostgresTable(connection="warehouse", table="t")
    billing = SnowflakeTable(connection="billing", database="d", table="t")
    web, hr = GlueTable(database="web", table="t"), GlueTable(database="hr", table="t")
    viewer = Caller("eve", "viewer", "key")
    found = [
        [allowed(access, c, s) for s in (warehouse, billing, web, hr)] for c in (KIM, ROOT, viewer)
    ]
    assert found == [[True, False, True, False], [True] * 4, [False] * 4]


def test_the_private_folders_are_nobodys_data(access: DataAccess, folder: Path) -> None:
    own = access.uploads_dir("kim") / "id/a.csv"
    assert allowed(access, KIM, str(own))
    assert not allowed(access, Caller("eve", "analyst", "key"), str(own))
    for caller in (KIM, ROOT):
        for name in ("data/links.key", "data/access.db", "data", "data/output/x", "cache/columnar"):
            assert not allowed(access, caller, f"{folder}/{name}")
    assert not allowed(access, ROOT, str(folder))
    assert allowed(access, ROOT, "/etc/hostname")


def test_the_open_service_reads_everything_until_a_list_is_set(folder: Path) -> None:
    free = DataAccess(settings_of(folder))
    assert allowed(free, LOCAL, "/etc/hostname")
    assert free.read_roots(LOCAL) is None
    bound = DataAccess(settings_of(folder, allow={"user:local": {"paths": [str(folder / "team")]}}))
    assert not allowed(bound, LOCAL, "/etc/hostname")
    assert allowed(bound, LOCAL, str(folder / "team/a.csv"))


def test_without_a_list_only_uploads_can_be_asked_of(folder: Path) -> None:
    access = DataAccess(settings_of(folder, host="0.0.0.0"))
    for caller in (KIM, ROOT):
        assert not allowed(access, caller, "/etc/hostname")
        assert not allowed(access, caller, "s3://open-data/a.csv")
        assert access.read_roots(caller) == (str(access.uploads_dir(caller.owner)),)


def test_roots_for_runs_are_the_paths_that_may_be_read(access: DataAccess, folder: Path) -> None:
    assert access.read_roots(KIM) == (
        str(access.uploads_dir("kim")), str(folder / "shared"), str(folder / "team"),
    )  # fmt: skip
    assert access.read_roots(ROOT) is None


def test_owners_cannot_step_into_each_others_uploads(access: DataAccess) -> None:
    folders = {access.uploads_dir(name) for name in ("kim", "KIM", "../kim", "kim/", "a/b", "")}
    assert len(folders) == 6
    assert len({folder.parent for folder in folders}) == 1


def test_scripts_name_allowed_data_only(folder: Path) -> None:
    access = Access(settings_of(folder, allow={"role:analyst": {"paths": [str(folder / "team")]}}))
    access.check_script(KIM, f'result = spark.read.csv("{folder}/team/a.csv")')
    with pytest.raises(Forbidden, match="passwd"):
        access.check_script(KIM, 'result = spark.read.text("/etc/passwd")')
    for text in ("def (", "\0", "result = 1"):
        access.check_script(KIM, text)
    for location in ("\\0", "x" * 5000, "file://["):
        with pytest.raises(Forbidden):
            access.check_script(KIM, f'result = spark.read.text("{location}")')
    access.close()


def test_places_of_connections(access: DataAccess) -> None:
    seen = {
        place: access.may_use(KIM, *place)
        for place in [
            ("warehouse",), ("warehouse2",), ("glue",), ("glue", "web"), ("glue", "web2"),
        ]
    }  # fmt: skip
    assert [place for place, may in seen.items() if may] == [
        ("warehouse",), ("glue",), ("glue", "web"),
    ]  # fmt: skip
    assert access.may_use(LOCAL, "anything") is access.may_use(ROOT, "glue", "any") is True
    with pytest.raises(Forbidden, match="the Glue database shop"):
        access.check_place(KIM, "glue", "shop")
    with pytest.raises(Forbidden, match="the connection other"):
        access.check_place(KIM, "other")
