"""Source sections read the same values on Apache Spark as on the embedded engine."""

from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.model import FileSource
from spark_interpreter.sources import Sources
from tests.parity.spark import read_output, rows_of, run_together

from .conftest import run

FILES: dict[str, str | bytes] = {
    "clean.csv": "id,name,v,day,at\n1,a,1.5,2024-01-02,2024-01-02T03:04:05Z\n2,,,,\n",
    "quotes.csv": 'note,n\n"a, b",1\n"he said ""hi""",2\n"two\nlines",3\n',
    "backslash.csv": 'note,n\n"say \\"hi\\"",1\nc:\\x,2\n',
    "semicolon.csv": "d;v;p\n31.12.2023;1.234,50 €;5%\n1.2.2024;-;7,5%\n",
    "month_first.csv": 'd,v\n12/31/2023 1:05 PM,"$1,234.50"\n1/2/2024 12:00 AM,N/A\n',
    "words.csv": 'yes_no,d,e\nyes,31-Jan-2024,"Feb 1, 2024"\nNo,1-Feb-2024,"May 2, 2024"\n',
    "spaces.csv": "v,n\n a, 1\nb ,2 \n   ,NULL\n",
    "latin.csv": "stadt,n\nMünchen,1\nKöln,2\n".encode("latin-1"),
    "utf16.csv": "stadt,n\nMünchen,1\n".encode("utf-16"),
    "ragged.csv": "a,b,c\n1,2,3\n4,5\n6,7,8,9\n",
    "title.csv": "Report\n\nname,n\na,1\nb,2\n",
    "awkward.csv": "a,A,,x.y,`q`,order,Größe in m\n1,2,3,4,5,6,7.5\n",
    "bom.csv": "\ufeffname,n\na,1\n",
    "sp ace[1]{b}*?\\.csv": "name,n\na,1\n",
    "no_header.csv": "a,1\nb,2\n",
    "lines.jsonl": '{"a": 1, "d": "31/01/2024", "s": {"x": [1, 2]}}\n{"a": 2.5}\n',
    "array.json": '[{"a": 1, "b": "N/A"},\n {"a": 2, "b": "x"}]',
}


@pytest.mark.parity
@pytest.mark.timeout(300)
def test_dirty_files_read_alike(engine: None, sources: Sources, tmp_path: Path) -> None:
    expected: dict[str, list[tuple[Any, ...]]] = {}
    scripts = []
    for number, (name, data) in enumerate(FILES.items()):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        (profile,) = sources.profile([FileSource(uri=str(path))])
        local, portable = tmp_path / f"local{number}", tmp_path / f"portable{number}"
        text, rows = run(profile, local)
        script = tmp_path / f"script{number}.py"
        script.write_text(text.replace(str(local), str(portable)))
        expected[script.stem] = rows
        scripts.append(script)
    for stem, report in run_together(tmp_path, scripts, timeout=240).items():
        assert not report.error, report.error
        found = rows_of(read_output(tmp_path / stem.replace("script", "portable")))
        assert _plain(found) == _plain(expected[stem]), scripts[int(stem[6:])].read_text()


def _plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows without order, and instants without the zone that only one of the writers notes."""
    return sorted(tuple(str(cell).removesuffix("+00:00") for cell in row) for row in rows)
