"""The service behind an Application Load Balancer, as an AWS Lambda function.

`handler` is the function's handler. A request is answered at once; a turn goes on in the threads
of the environment while that lives, waits in the store otherwise, and is read back by polling.
"""

import asyncio
from functools import cache
from typing import Any

from mangum import Mangum

from spark_interpreter.api.access import requiring_authentication
from spark_interpreter.api.app import create_app
from spark_interpreter.settings import Settings


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of the load balancer."""
    answered: dict[str, Any] = _adapter()(event, context)
    return answered


@cache
def _adapter() -> Mangum:
    """The application, started once for the environment and not for each request."""
    app = create_app(requiring_authentication(Settings()))
    app.state.life = app.router.lifespan_context(app)
    asyncio.new_event_loop().run_until_complete(app.state.life.__aenter__())
    return Mangum(app, lifespan="off")
