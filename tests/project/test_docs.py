"""The documentation says what the code does."""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from scripts.docs import attribute_notes, outdated
from spark_interpreter import errors
from spark_interpreter.model import AnswerDocument, Event
from spark_interpreter.model.session import EventKind, TurnState

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def first_cells(page: str, heading: str) -> list[str]:
    """What the first column of the table under a heading names."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    section = re.split(r"^#+ ", text.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


def test_generated_parts_are_up_to_date() -> None:
    assert not outdated(), "make docs"


def test_every_field_of_an_answer_is_documented() -> None:
    assert first_cells("answer.md", "Fields") == list(AnswerDocument.model_fields)


def test_every_kind_and_state_of_events_is_documented() -> None:
    assert first_cells("events.md", "Fields") == list(Event.model_fields)
    assert first_cells("events.md", "Kinds") == list(get_args(EventKind))
    assert sorted(first_cells("events.md", "States")) == sorted(get_args(TurnState))


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"── (\w+)", errors.__doc__ or "")
    defined = [
        name
        for name, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.InterpreterError) and value is not errors.InterpreterError
    ]
    assert sorted(drawn) == sorted(defined)


def test_notes_of_attributes_are_read() -> None:
    class Sample(BaseModel):
        """Title.

        Attributes:
            one, two: a text
                on two lines.
            three: other.
        """

    both = "a text on two lines."
    assert attribute_notes(Sample) == {"one": both, "two": both, "three": "other."}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
