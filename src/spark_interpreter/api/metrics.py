"""Counts and times for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from spark_interpreter.model import Turn

_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """What one application counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "spark_interpreter_requests", "Requests.", ("method", "route", "status"),
            registry=self._registry,
        )  # fmt: skip
        self._request_seconds = Histogram(
            "spark_interpreter_request_seconds", "Time to the end of the response.", ("route",),
            registry=self._registry, buckets=_SECONDS,
        )  # fmt: skip
        self._turns = Counter(
            "spark_interpreter_turns", "Turns that have ended.", ("state",),
            registry=self._registry,
        )  # fmt: skip
        self._stage_seconds = Histogram(
            "spark_interpreter_turn_seconds", "Time of turns by stage.", ("stage",),
            registry=self._registry, buckets=_SECONDS,
        )  # fmt: skip
        self._waiting = Gauge(
            "spark_interpreter_turns_waiting", "Turns that wait.", registry=self._registry
        )
        self._running = Gauge(
            "spark_interpreter_turns_running", "Turns being carried.", registry=self._registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def turn(self, turn: Turn) -> None:
        """A turn has ended."""
        self._turns.labels(turn.state).inc()
        for stage, seconds in turn.timings.items():
            self._stage_seconds.labels(stage).observe(seconds)

    def text(self, waiting: int, running: int) -> bytes:
        """Everything, in the text format."""
        self._waiting.set(waiting)
        self._running.set(running)
        return generate_latest(self._registry)
