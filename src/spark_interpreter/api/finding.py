"""The parts of a turn, or why they are not there."""

from pathlib import Path

from spark_interpreter.errors import NotFound
from spark_interpreter.model import Chart, Result, Turn
from spark_interpreter.supervisor.service import Service


def result_of(turn: Turn) -> Result:
    """What the turn came to.

    Raises:
        NotFound: it has no result.
    """
    if turn.result is None:
        raise NotFound(
            f"The turn {turn.number} has no result; it is {turn.state}.",
            remedy="See the turn for the reason.",
        )
    return turn.result


def chart_of(turn: Turn) -> Chart:
    """The chart of the turn's result.

    Raises:
        NotFound: it has no result, or one that cannot be drawn.
    """
    drawn = result_of(turn).chart
    if drawn is None:
        raise NotFound("This answer has no chart.", remedy="Ask for one in the question.")
    return drawn


def output_of(service: Service, turn: Turn) -> str:
    """The folder with all rows of the result.

    Raises:
        NotFound: it is not there any more.
    """
    folder = service.artifacts.output_uri(turn.session_id, turn.number)
    if not Path(folder).is_dir():
        raise NotFound(
            "The rows of this result were removed when their time was over.",
            remedy="Ask again, or retry the turn.",
        )
    return folder
