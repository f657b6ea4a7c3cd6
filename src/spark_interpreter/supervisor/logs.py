"""What the run of a turn has said."""

from spark_interpreter.model import ExecutionLogs, Turn
from spark_interpreter.stores.base import ArtifactStore


def extract_logs(artifacts: ArtifactStore, turn: Turn) -> ExecutionLogs:
    """The logs of this turn's run alone; empty where nothing was run or said."""
    platform = turn.placement.platform if turn.placement else "local"
    folder = artifacts.log_dir(platform, f"{turn.session_id}-{turn.number}")
    texts = {
        name: path.read_text("utf-8", "replace")
        for name in ExecutionLogs.model_fields
        if (path := folder / f"{name}.log").is_file()
    }
    return ExecutionLogs(**texts)
