"""`segue request GET /books`: a request to the app in this process."""

import sys
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import click

from segue.cli.headers import header_option
from segue.cli.selection import app_option, chosen_app
from segue.testing.client import Client
from segue.testing.response import ClientResponse

__all__ = ["command"]


@click.command("request")
@click.argument("method")
@click.argument("path")
@app_option
@header_option
@click.option("--data", help="The body: text, @FILE, or - for standard input.")
@click.option("--json", "json_text", help="The body, sent as application/json.")
@click.option(
    "--protocol",
    type=click.Choice(["auto", "wsgi", "asgi", "rsgi"]),
    default="auto",
    show_default=True,
    help="The protocol by which the app is called.",
)
@click.option("--body-only", is_flag=True, help="Print the body of the answer alone.")
@click.option("--fail", is_flag=True, help="Exit with 1 when the status is an error.")
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    method: str,
    path: str,
    app_text: str | None,
    headers: tuple[tuple[str, str], ...],
    protocol: Literal["auto", "wsgi", "asgi", "rsgi"],
    body_only: bool,
    fail: bool,
    **body: str | None,
) -> None:
    """Send METHOD PATH to the app without a server and print the answer.

    The request is a real one: middleware, handlers and the lifespan run.
    """
    app = chosen_app(app_text)
    content, extra = _body(**body, given=dict(headers))
    with Client(app, protocol=protocol, raise_server_exceptions=False) as client:
        answer = client.request(
            method.upper(), path, headers=[*headers, *extra], content=content
        )
    _print(answer, body_only=body_only)
    if fail and answer.status >= 400:  # noqa: PLR2004 - where errors begin
        context.exit(1)


def _body(
    data: str | None, json_text: str | None, given: dict[str, str]
) -> tuple[bytes, list[tuple[str, str]]]:
    """Read the body and the media type that goes with it."""
    if data is not None and json_text is not None:
        raise click.UsageError("Give --data or --json, not both.")
    text = json_text if data is None else data
    if text is None:
        return b"", []
    kind = (
        "application/x-www-form-urlencoded"
        if json_text is None
        else ("application/json")
    )
    extra = [] if "content-type" in given else [("content-type", kind)]
    if text == "-":
        return sys.stdin.buffer.read(), extra
    if text.startswith("@"):
        return _file(Path(text[1:])), extra
    return text.encode(), extra


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}") from error


def _print(answer: ClientResponse, *, body_only: bool) -> None:
    if not body_only:
        click.echo(f"{answer.status} {_phrase(answer.status)}".rstrip())
        for name, value in answer.headers.items():
            click.echo(f"{name}: {value}")
        click.echo()
    if answer.body:
        click.echo(answer.body, nl=not answer.body.endswith(b"\n"))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
