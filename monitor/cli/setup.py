"""`monitor config` and `healthcheck`: set up right, and well."""

import http.client

import typer

from monitor.cli.shared import call, fail, many

commands = typer.Typer(no_args_is_help=True, help="The configuration.")


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(commands, name="config")
    application.command()(healthcheck)


@commands.command("check")
def check(context: typer.Context) -> None:
    """Say everything that is wrong with the configuration; exit code 2 when something is."""
    settings = call(context).settings()
    call(context).notes(settings)
    counts = (
        many(len(settings.feeds), "feed"),
        many(len(settings.topics), "topic"),
        many(len(settings.digests), "digest"),
    )
    print(f"{call(context).file} is right: {', '.join(counts)}")


@commands.command("show")
def show(context: typer.Context) -> None:
    """Show every setting in force and where it comes from, secrets masked."""
    from monitor.config import masked

    print(masked(call(context).settings()))


def healthcheck(context: typer.Context) -> None:
    """Ask the running daemon whether it is ready; exit code 1 when it is not (for Docker)."""
    listen = call(context).settings().web.listen
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104  # read, not bound
    connection = http.client.HTTPConnection(host, listen.port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = answer.read().decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as error:
        fail(f"no daemon answers on {listen}: {error}", code=1)
    finally:
        connection.close()
    if answer.status != http.client.OK:
        fail(f"the daemon is not ready: {said}", code=1)
    print(said)
