"""How many questions of a set are understood, measured by executing the answers.

    python benchmarks/understanding.py QUESTIONS.jsonl --db DIR [--kind join,nested] [--all-tables]
        [--limit N]
        [--field question|paraphrase] [--jobs 2] [--answers OUT.jsonl] [--score score.py] [--show N]

The question sets and their scorer are not part of this tree. A line of QUESTIONS.jsonl has at least
`id`, `db`, `tables`, `question` and, for scoring, `answer`; the tables are `DIR/<db>/<table>.csv`
(whatever the case of the file's name). Each table named in the record becomes a source, or, with
`--all-tables`, every table of the database.

The fast way (default) profiles a table once, plans and assembles every question's script, and runs
its own text against one long-lived engine in this process, catching what it writes. `--product`
asks the whole product instead, with its sandbox and a process a run.

`--score` is a Python file with `compare(gold, answer, ordered) -> (strict, match)`. With it, a
summary is printed, and `--show N` prints N failures of each kind: refused, wrong, error.
"""

from __future__ import annotations

import argparse
import datetime as dt
import decimal
import importlib.util
import json
import math
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from spark_interpreter.errors import InterpreterError
from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner import Planner
from spark_interpreter.model import Draft, FileSource, NeedsInput, TableProfile
from spark_interpreter.script import assemble
from spark_interpreter.settings import Settings
from spark_interpreter.sources import Sources

Question = dict[str, Any]
Compare = Callable[[list[Any], list[Any], bool], tuple[bool, bool]]


@dataclass
class Outcome:
    """What came of one question, as a line of the answers file and for people."""

    id: str
    status: str
    rows: list[list[Any]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    reading: str = ""
    script: str = ""
    message: str = ""
    confidence: float = 0
    planning: float = 0


# --- one question -----------------------------------------------------------------------------


class Fast:
    """Plans and runs in this process, against one engine that lives as long as it does."""

    def __init__(self, folder: Path, *, all_tables: bool) -> None:
        from pysail.spark import SparkConnectServer

        self._server = SparkConnectServer()
        self._server.start()
        os.environ["SPARK_REMOTE"] = f"sc://localhost:{self._server.listening_address[1]}"
        self._folder, self._all = folder, all_tables
        self._settings = Settings()
        self._sources = Sources(self._settings)
        self._planner = Planner(self._settings.confidence_threshold)
        self._profiles: dict[tuple[Path, ...], tuple[TableProfile, ...]] = {}

    def answer(self, question: Question, text: str) -> Outcome:
        profiles = self._profiled(tuple(paths(self._folder, question, all_tables=self._all)))
        request = GenerationRequest(
            question=text,
            profiles=profiles,
            today=dt.datetime.now(dt.UTC).date(),
            find_values=self._sources.find_values,
        )
        start = time.perf_counter()
        generation = self._planner.generate(request)
        planning = time.perf_counter() - start
        if isinstance(generation, NeedsInput):
            outcome = Outcome(question["id"], "refused", message=_refusal(generation))
        else:
            outcome = self._run(question, text, generation, profiles)
        outcome.planning = planning
        return outcome

    def close(self) -> None:
        """Stop the client's session, then the engine: the other way round the client waits on."""
        from pyspark.sql import SparkSession

        if session := SparkSession.getActiveSession():
            session.stop()
        self._server.stop()

    def _profiled(self, files: tuple[Path, ...]) -> tuple[TableProfile, ...]:
        if files not in self._profiles:
            self._profiles[files] = self._sources.profile([FileSource(uri=str(f)) for f in files])
        return self._profiles[files]

    def _run(
        self, question: Question, text: str, draft: Draft, profiles: Sequence[TableProfile]
    ) -> Outcome:
        used = [profile for profile in profiles if profile.name in draft.tables]
        script = assemble(
            draft.analysis,
            used,
            title=draft.title,
            question=text,
            assumptions=draft.assumptions,
            output=f"{tempfile.gettempdir()}/never-written",
            app_name="understanding",
        )
        outcome = Outcome(
            question["id"],
            "answered",
            reading=draft.reading,
            script=script.text,
            confidence=draft.confidence,
        )
        try:
            outcome.columns, outcome.rows = run_script(script.text)
        except Exception as error:  # noqa: BLE001  the engine may raise anything
            outcome.status, outcome.message = "error", f"{type(error).__name__}: {error}"[:1000]
        return outcome


class Product:
    """Asks the product as a person would, one question after the other."""

    def __init__(self, folder: Path, *, all_tables: bool) -> None:
        from spark_interpreter import Interpreter

        self._folder, self._all = folder, all_tables
        self._home = tempfile.TemporaryDirectory(prefix="understanding-")
        home = Path(self._home.name)
        self._interpreter = Interpreter(
            Settings(data_dir=home / "data", cache_dir=home / "cache", preview_rows=10_000)
        )

    def close(self) -> None:
        self._interpreter.close()
        self._home.cleanup()

    def answer(self, question: Question, text: str) -> Outcome:
        document = self._interpreter.ask(
            text, paths(self._folder, question, all_tables=self._all)
        ).document
        status = {"answered": "answered", "needs_input": "refused"}.get(document.status, "error")
        return Outcome(
            question["id"],
            status,
            rows=[[plain(cell) for cell in row] for row in document.rows],
            columns=[column.name for column in document.columns],
            reading=document.reading,
            script=document.script,
            message=document.error.message if document.error else document.summary,
            planning=document.timings.get("generating", 0),
        )


def paths(folder: Path, question: Question, *, all_tables: bool) -> list[Path]:
    """The files of the question's tables, or of every table there is."""
    known = _files(folder / question["db"])
    if all_tables:
        return list(known.values())
    return [known[table.lower()] for table in question["tables"]]


@cache
def _files(folder: Path) -> dict[str, Path]:
    return {path.stem.lower(): path for path in sorted(folder.glob("*.csv"))}


def run_script(text: str) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of the script's `result`; its write does not happen."""
    from pyspark.sql.connect.readwriter import DataFrameWriter

    namespace: dict[str, Any] = {"__name__": "__main__"}
    original = DataFrameWriter.parquet
    DataFrameWriter.parquet = lambda *_, **__: None
    try:
        exec(compile(text, "script.py", "exec"), namespace)
    finally:
        DataFrameWriter.parquet = original
    table = namespace["result"].toArrow()
    rows = [[plain(cell) for cell in row.values()] for row in table.to_pylist()]
    return list(table.column_names), rows


def plain(value: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def _refusal(generation: NeedsInput) -> str:
    unknown = f" [{', '.join(generation.not_understood)}]" if generation.not_understood else ""
    closest = f" closest: {generation.closest}" if generation.closest else ""
    return f"{generation.reason}: {generation.message}{unknown}{closest}"


# --- many questions ---------------------------------------------------------------------------


def answer_all(
    questions: Sequence[Question],
    folder: Path,
    *,
    text_field: str,
    product: bool,
    all_tables: bool,
) -> list[Outcome]:
    """Answers in the order of the questions; a defect is an outcome too."""
    make = Product if product else Fast
    way = make(folder, all_tables=all_tables)
    with closing(way):
        return [_answered(way, question, text_field) for question in questions]


def _answered(way: Fast | Product, question: Question, text_field: str) -> Outcome:
    try:
        return way.answer(question, question.get(text_field) or question["question"])
    except InterpreterError as error:
        return Outcome(question["id"], "error", message=str(error))
    except Exception:  # noqa: BLE001  a defect of ours, shown with the failures
        return Outcome(question["id"], "error", message=traceback.format_exc(limit=-4))


def shares(questions: Sequence[Question], count: int) -> list[list[Question]]:
    """The questions in about equal parts; those of one database stay together."""
    parts: list[list[Question]] = [[] for _ in range(count)]
    by_database = [list(group) for _, group in groupby(questions, key=lambda q: q["db"])]
    for group in sorted(by_database, key=len, reverse=True):
        min(parts, key=len).extend(group)
    return [part for part in parts if part]


def measure(arguments: argparse.Namespace, questions: Sequence[Question]) -> Iterator[Outcome]:
    """Outcomes of all questions, from as many processes as asked for."""
    options = {
        "text_field": arguments.field,
        "product": arguments.product,
        "all_tables": arguments.all_tables,
    }
    if arguments.jobs == 1:
        yield from answer_all(questions, arguments.db, **options)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
        parts = shares(questions, arguments.jobs)
        futures = [pool.submit(answer_all, part, arguments.db, **options) for part in parts]
        for future in futures:
            yield from future.result()


# --- report -----------------------------------------------------------------------------------


def judged(
    questions: Iterable[Question], outcomes: dict[str, Outcome], compare: Compare
) -> Iterator[tuple[str, Question, Outcome]]:
    """Each question with "right", "wrong", "refused" or "error"."""
    for question in questions:
        outcome = outcomes[question["id"]]
        kind = outcome.status
        if kind == "answered":
            ordered = question.get("ordered", False)
            _, match = compare(question["answer"], outcome.rows, ordered)
            kind = "right" if match else "wrong"
        yield kind, question, outcome


def report(results: Sequence[tuple[str, Question, Outcome]], show: int) -> None:
    groups: defaultdict[str, list[tuple[Question, Outcome]]] = defaultdict(list)
    for kind, question, outcome in results:
        groups[kind].append((question, outcome))
    for kind in ("refused", "wrong", "error"):
        if show and groups[kind]:
            print(f"\n===== {kind}: {len(groups[kind])} =====")
        for question, outcome in groups[kind][:show]:
            print_failure(question, outcome)
    counts = Counter(kind for kind, _, _ in results)
    answered = counts["right"] + counts["wrong"]
    planning = sorted(outcome.planning for _, _, outcome in results)
    print(
        f"\nn={len(results)} accuracy={counts['right'] / max(len(results), 1):.3f} "
        f"precision={counts['right'] / max(answered, 1):.3f} "
        f"coverage={answered / max(len(results), 1):.3f} right={counts['right']} "
        f"wrong={counts['wrong']} refused={counts['refused']} error={counts['error']} "
        f"planning p50={1000 * planning[len(planning) // 2]:.0f} ms "
        f"p95={1000 * planning[int(len(planning) * 0.95)]:.0f} ms"
    )


def print_failure(question: Question, outcome: Outcome) -> None:
    print(f"\n--- {question['id']} {question['tables']}")
    print(f"Q: {question['question']}")
    if question.get("paraphrase") not in {None, question["question"]}:
        print(f"P: {question['paraphrase']}")
    print(f"SQL: {question.get('gold_sql', '')}")
    print(f"gold {question['answer'][:4]} ({len(question['answer'])} rows)")
    if outcome.message:
        print(f"message: {outcome.message}")
    if outcome.script:
        analysis = outcome.script[outcome.script.find("\nresult = ") :]
        print(f"reading: {outcome.reading} ({outcome.confidence:.2f}){analysis.rstrip()}")
    if outcome.rows:
        print(f"got {outcome.rows[:4]} ({len(outcome.rows)} rows) {outcome.columns}")


def load_compare(path: Path) -> Compare:
    """The scorer's `compare`."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    compare: Compare = module.compare
    return compare


def load_questions(arguments: argparse.Namespace) -> list[Question]:
    with arguments.questions.open(encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines]
    if arguments.kind:
        kinds = arguments.kind.split(",")
        questions = [q for q in questions if q.get("kind") in kinds]
    if arguments.only:
        questions = [q for q in questions if q["id"].startswith(tuple(arguments.only.split(",")))]
    questions = questions[:: arguments.every]
    return questions[: arguments.limit] if arguments.limit else questions


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--db", type=Path, required=True, help="folder of the databases")
    parser.add_argument("--kind", help="only questions of these kinds (a,b)")
    parser.add_argument(
        "--all-tables", action="store_true", help="give every table, not only those of the record"
    )
    parser.add_argument("--only", help="only questions whose id starts with one of these (a,b)")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th question")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--field", default="question", help="question or paraphrase")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--answers", type=Path, help="write the answers here, as JSON lines")
    parser.add_argument("--score", type=Path, help="the scorer, a Python file")
    parser.add_argument("--show", type=int, default=0, help="failures to print of each kind")
    parser.add_argument("--product", action="store_true", help="ask the whole product")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parse_arguments(argv)
    questions = load_questions(arguments)
    start = time.perf_counter()
    outcomes = {outcome.id: outcome for outcome in measure(arguments, questions)}
    if arguments.answers:
        with arguments.answers.open("w", encoding="utf-8") as lines:
            for question in questions:
                lines.write(json.dumps(asdict(outcomes[question["id"]]), default=str) + "\n")
    if arguments.score:
        results = list(judged(questions, outcomes, load_compare(arguments.score)))
        report(results, arguments.show)
    print(f"{len(questions)} questions in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
