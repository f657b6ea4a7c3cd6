"""Which platforms the settings name."""

from spark_interpreter.model import PlatformName
from spark_interpreter.platforms.base import Platform
from spark_interpreter.platforms.embedded.platform import EmbeddedPlatform
from spark_interpreter.settings import Settings
from spark_interpreter.storage import Storage


def configured(settings: Settings, local: EmbeddedPlatform) -> dict[PlatformName, Platform]:
    """The platforms in the order in which they are preferred.

    Args:
        local: the platform of this machine, which is always there.
    """
    made: dict[PlatformName, Platform] = {"local": local}
    if settings.aws_lambda.function:
        from spark_interpreter.platforms.aws_lambda import LambdaPlatform

        made["lambda"] = LambdaPlatform(settings)
    if settings.emr.application_id:
        from spark_interpreter.platforms.emr import EmrPlatform

        made["emr"] = EmrPlatform(settings, Storage(settings.storage_uri))
    if settings.connect.url or settings.connect.spark_home:
        from spark_interpreter.platforms.connect import ConnectPlatform

        made["connect"] = ConnectPlatform(settings, local)
    return {name: made[name] for name in settings.placement.order if name in made}
