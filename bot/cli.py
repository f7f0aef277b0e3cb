"""The command `bot`."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import app
from bot.config import Settings, load_settings
from bot.errors import AspaError
from bot.logs import set_up_logs
from bot.model import Channel, Role

# Typer's own tracebacks show the values of variables, customers' words among them.
cli = typer.Typer(
    help="Aspa: the customer-service bot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
agents = typer.Typer(help="Sign-ins of the desk.", no_args_is_help=True)
cli.add_typer(agents, name="agent")

Texts = Annotated[list[str] | None, typer.Argument(help="Messages, one an argument.")]
File = Annotated[Path | None, typer.Option("--file", help="A text file, a message a line.")]


def main() -> None:
    """Run a command; an error of the product is one clear line and exit code 2."""
    try:
        cli()
    except AspaError as error:
        typer.echo(f"bot: {error}", err=True)
        raise SystemExit(2) from None


def start() -> Settings:
    """Set up logs and read the settings: the first thing every command does."""
    set_up_logs()
    return load_settings()


@cli.command()
def serve() -> None:
    """Run everything on this machine: gateway, engine, delivery, scheduler, desk."""
    from bot.supervisor import supervise

    settings = start()
    settings.require("META_APP_SECRET", "META_VERIFY_TOKEN")
    app.own_accounts(settings)

    async def everything() -> None:
        async with app.open_database(settings) as (database, _):
            await migrated(database)
            await supervise(settings, os.environ)

    app.run(everything)


@cli.command()
def gateway() -> None:
    """Take in Meta's webhooks."""
    settings = start()
    app.run(lambda: app.run_gateway(settings))


@cli.command()
def engine() -> None:
    """Answer customers: take turns."""
    settings = start()
    app.run(lambda: app.run_engine(settings))


@cli.command()
def delivery() -> None:
    """Send replies and record what became of them."""
    settings = start()
    app.run(lambda: app.run_delivery(settings))


@cli.command()
def scheduler() -> None:
    """Tell customers that the outage they follow is over."""
    settings = start()
    app.run(lambda: app.run_scheduler(settings))


@cli.command()
def desk() -> None:
    """Serve the agents' pages."""
    settings = start()
    app.run(lambda: app.run_desk(settings))


@cli.command()
def simulator() -> None:
    """Play Meta and two customers' phones, on this machine only."""
    settings = start()
    app.run(lambda: app.run_simulator(settings))


@cli.command()
def demo() -> None:
    """Set up the demo company and run everything, simulator included."""
    from bot import demo as demo_module

    set_up_logs()
    app.run(demo_module.run_demo)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    settings = start()

    async def up() -> None:
        async with app.open_database(settings) as (database, _):
            await migrated(database)

    app.run(up)
    typer.echo("the schema is up to date")


async def migrated(database: Any) -> None:
    """Bring the schema up (Alembic is imported only where it is needed)."""
    from bot.store.migrate import migrate as bring_up

    await bring_up(database)


@cli.command()
def train(
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Only when the content changed.")] = False,
) -> None:
    """Train the model from data/, domain.yml and config.yml."""
    from bot.dialogue import training

    settings = start()
    if if_needed and training.is_fresh(settings.project):
        typer.echo("the model is up to date")
        return
    typer.echo(f"trained {training.train(settings.project).name}")


@cli.command()
def check() -> None:
    """Check content, configuration and connections, and say in words what is wrong."""
    from bot.checks import run_checks

    settings = start()
    problems = run_checks(settings)
    for problem in problems:
        typer.echo(f"- {problem}")
    typer.echo(f"{len(problems)} problems" if problems else "all is well")
    raise SystemExit(1 if problems else 0)


@cli.command()
def parse(texts: Texts = None, file: File = None) -> None:
    """Show how messages are understood: one JSON object a line."""
    from bot import trial

    settings = start()
    asyncio.run(trial.parse(settings, messages_of(texts, file), emit))


@cli.command()
def reply(
    sender: Annotated[str, typer.Option(help="Who writes; the same sender goes on with his conversation.")],
    channel: Annotated[Channel, typer.Option(help="As if written on this channel.")] = Channel.MESSENGER,
    texts: Texts = None,
    file: File = None,
) -> None:
    """Hold a conversation through the real engine and database, without Meta: one JSON object a message."""
    from bot import trial

    settings = start()
    asyncio.run(trial.converse(settings, sender, channel, messages_of(texts, file), emit))


@cli.command()
def handoffs(as_json: Annotated[bool, typer.Option("--json", help="With the whole packet, as JSON.")] = False) -> None:
    """List the waiting and open handoffs."""
    from bot.store.handoffs import open_list

    settings = start()

    async def read() -> list[Any]:
        async with app.open_database(settings) as (database, _):
            await migrated(database)
            async with database.connect() as connection:
                return await open_list(connection)

    rows = asyncio.run(read())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo(f"{row['id']}  {row['state']}  {row['created_at']:%Y-%m-%d %H:%M} UTC  {row['reason']}")


@agents.command("add")
def agent_add(name: str, role: Annotated[Role, typer.Option()] = Role.AGENT) -> None:
    """Create a sign-in; the password comes from a prompt or from standard input."""
    from bot.passwords import hash_password
    from bot.store.agents import add_agent

    settings = start()
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < 8:
        raise typer.BadParameter("a password has at least 8 characters")

    async def add() -> bool:
        async with app.open_database(settings) as (database, _):
            await migrated(database)
            async with database.begin() as connection:
                return await add_agent(connection, name, role, hash_password(password))

    if not asyncio.run(add()):
        raise typer.BadParameter(f"there is already a sign-in {name}")
    typer.echo(f"added {name} ({role})")


def messages_of(texts: list[str] | None, file: Path | None) -> list[str]:
    """Return the messages of a command: arguments, then the file's lines, or standard input when there are neither."""
    messages = list(texts or [])
    if file is not None:
        messages += file.read_text(encoding="utf-8").splitlines()
    if not messages and not sys.stdin.isatty():
        messages = sys.stdin.read().splitlines()
    return [message for message in messages if message.strip()]


def emit(data: dict[str, Any]) -> None:
    """Print one JSON object a line."""
    typer.echo(json.dumps(data, ensure_ascii=False))
