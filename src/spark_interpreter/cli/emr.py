"""`spark-interpreter emr`: the application that runs scripts on EMR Serverless."""

import click

from spark_interpreter.cli import options


@click.group("emr", short_help="Make the application that runs scripts on EMR Serverless.")
def command() -> None:
    """Make the application that runs scripts on EMR Serverless."""


@command.command("create-application")
@click.option("--name", default="spark-interpreter", show_default=True, help="The application's.")
def create_application_command(name: str) -> None:
    """Make an application by the settings and print its id.

    It has the settings' release label, architecture and largest capacity, starts with its first
    job, stops after 15 minutes without one, and costs nothing while it is stopped.
    """
    from spark_interpreter.platforms.emr import create_application

    made = create_application(options.settings().emr, name)
    click.echo(made)
    click.echo(f"Set SPARK_INTERPRETER_EMR__APPLICATION_ID={made} to use it.", err=True)
