"""How many workers of which size a job gets, from the bytes it reads."""

import math
from typing import NamedTuple

from spark_interpreter.model.deployment import EmrSettings
from spark_interpreter.platforms.data_sizes import BROADCAST_BYTES, MAX_PARTITIONS, TASK_BYTES

WAVES = 3
"""Tasks that a core does one after the other: fewer cores than tasks, as starting workers takes
about a minute and small tasks end in seconds."""
_MANY_TASKS = 1000
_LARGE_BYTES = 500 * 1000**3
_MIN_PARTITIONS = 8
_ROOM_TO_GROW = 4
"""Executors that any job may come to: joins and sorts may need more than reading does."""


class Worker(NamedTuple):
    """A size of worker that EMR Serverless has: vCPUs, and memory in GB with Spark's overhead."""

    vcpu: int
    memory_gb: int

    @property
    def spark_memory(self) -> str:
        """Memory of the Java process: what remains beside Spark's overhead of 10 %, at least
        384 MiB.
        """
        return f"{min(self.memory_gb * 1024 * 10 // 11, self.memory_gb * 1024 - 384)}m"


WORKERS = (Worker(1, 4), Worker(2, 8), Worker(4, 16), Worker(8, 60))
"""Of the sizes there are (1 vCPU: 2 to 8 GB, 2: 4 to 16, 4: 8 to 30, 8: 16 to 60 by 4, 16: 32 to
120 by 8), the ones that jobs are given."""
_SMALLEST = Worker(1, 2)


class Sizing(NamedTuple):
    """What a job is given.

    Attributes:
        executors: as many as it may have; fewer run while there is less to do.
        initial: that it starts with.
        partitions: of a shuffle, before adaptive execution joins the small ones.
        broadcast: bytes at rest up to which a side of a join is sent to every executor.
    """

    driver: Worker
    executor: Worker
    executors: int
    initial: int
    partitions: int
    broadcast: int = BROADCAST_BYTES

    @property
    def vcpu(self) -> int:
        """VCPUs when all executors run."""
        return self.driver.vcpu + self.executors * self.executor.vcpu

    @property
    def memory_gb(self) -> int:
        """Memory when all executors run, GB."""
        return self.driver.memory_gb + self.executors * self.executor.memory_gb


def sizing(size: int, settings: EmrSettings) -> Sizing:
    """Workers for a job that reads about `size` bytes, within what one job may use."""
    tasks = max(1, math.ceil(size / TASK_BYTES))
    cores = math.ceil(tasks / WAVES)
    driver = _within(
        WORKERS[1] if tasks <= _MANY_TASKS else WORKERS[2],
        settings.max_vcpu - _SMALLEST.vcpu,
        settings.max_memory_gb - _SMALLEST.memory_gb,
    )
    vcpu, memory_gb = settings.max_vcpu - driver.vcpu, settings.max_memory_gb - driver.memory_gb
    executor = _within(_executor(cores, size), vcpu, memory_gb)
    needed = math.ceil(cores / executor.vcpu)
    room = min(vcpu // executor.vcpu, memory_gb // executor.memory_gb)
    executors = min(room, max(_ROOM_TO_GROW, 2 * needed))
    partitions = min(max(tasks, 2 * executors * executor.vcpu, _MIN_PARTITIONS), MAX_PARTITIONS)
    return Sizing(driver, executor, executors, min(needed, executors), partitions)


def _executor(cores: int, size: int) -> Worker:
    if size >= _LARGE_BYTES:
        return WORKERS[3]
    return WORKERS[2] if cores > 2 else WORKERS[1]


def _within(wanted: Worker, vcpu: int, memory_gb: int) -> Worker:
    """The wanted worker, or the largest smaller one there is room for."""
    fitting = (
        worker
        for worker in reversed(WORKERS)
        if worker <= wanted and worker.vcpu <= vcpu and worker.memory_gb <= memory_gb
    )
    return next(fitting, _SMALLEST)
