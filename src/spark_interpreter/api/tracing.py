"""Traces of turns, sent to a collector (OTLP over HTTP) when one is configured."""

from spark_interpreter.errors import SettingsError
from spark_interpreter.model import Turn

_NANO = 1_000_000_000


class Tracing:
    """A span for every turn that has ended, with one for each of its stages inside.

    Args:
        endpoint: the collector's address ("http://127.0.0.1:4318").

    Raises:
        SettingsError: the libraries are not installed.
    """

    def __init__(self, endpoint: str) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise SettingsError(
                "Traces cannot be sent: OpenTelemetry is not installed.",
                remedy='Run `pip install "spark-code-interpreter[telemetry]"`, '
                "or unset SPARK_INTERPRETER_SERVICE__OTLP_ENDPOINT.",
            ) from error
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "spark-interpreter"}), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("spark_interpreter")

    def turn(self, turn: Turn) -> None:
        """Send the spans of a turn; never what was asked or found."""
        from opentelemetry.trace import set_span_in_context

        at = int(turn.created.timestamp() * _NANO)
        whole = self._tracer.start_span(
            "turn",
            start_time=at,
            attributes={
                "session.id": turn.session_id,
                "turn.number": turn.number,
                "turn.state": turn.state,
                "request.id": turn.wishes.request_id,
            },
        )
        inside = set_span_in_context(whole)
        for stage, seconds in turn.timings.items():
            span = self._tracer.start_span(stage, context=inside, start_time=at)
            at += int(seconds * _NANO)
            span.end(at)
        whole.end(at)

    def close(self) -> None:
        """Send what has not been sent."""
        self._provider.shutdown()
