"""A server process that never outlives its owner."""

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from spark_interpreter.platforms.connect import keeper

GRACE_SECONDS = 10.0
"""How long it has to end by itself."""
_KEEPER_SECONDS = 5.0


class KeptProcess:
    """A command with all it starts in its process group, gone at the latest with its owner.

    Args:
        log: takes its standard output and error.

    Raises:
        OSError: no process can be started. A command that is not there ends at once instead.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: IO[bytes],
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._grace = grace
        held, self._owned = os.pipe()
        try:
            self._keeper = subprocess.Popen(
                [sys.executable, "-IS", keeper.__file__, str(held), str(grace), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=tempfile.gettempdir(),
                env=environment,
                pass_fds=[held],
                start_new_session=True,
            )
        except OSError:
            os.close(self._owned)
            raise
        finally:
            os.close(held)
        self._handle = os.pidfd_open(self._keeper.pid)

    @property
    def ended(self) -> bool:
        """Whether the command came to its end."""
        return self._ends_within(0)

    def stop(self) -> None:
        """End it, and wait until it has ended. To be called once, even if it has ended."""
        os.close(self._owned)
        self._ends_within(self._grace + _KEEPER_SECONDS)
        # Until it is waited for, no other group can have got the keeper's number.
        with suppress(ProcessLookupError):
            os.killpg(self._keeper.pid, signal.SIGKILL)
        self._keeper.wait()
        os.close(self._handle)

    def _ends_within(self, seconds: float) -> bool:
        readable, _, _ = select.select([self._handle], [], [], seconds)
        return bool(readable)
