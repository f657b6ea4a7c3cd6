"""Follow-ups: questions that change the one before."""

from __future__ import annotations

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.parse import Candidate
from spark_interpreter.model import Draft, TableProfile


def last_frame(request: GenerationRequest) -> Frame | None:
    """The frame of the latest answered turn whose table is still there."""
    tables = {profile.name for profile in request.profiles}
    for turn in reversed(request.history):
        if isinstance(turn.outcome, Draft) and "frame" in turn.outcome.state:
            frame = Frame.model_validate(turn.outcome.state["frame"])
            return frame if frame.table in tables else None
    return None


def follow_up(request: GenerationRequest, before: Frame) -> list[tuple[TableProfile, Candidate]]:
    """Readings of the question as a change of the frame before."""
    return []
