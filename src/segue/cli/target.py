"""What a worker process serves: described as text, loaded where it is served.

The process that starts the workers never imports the app. So a worker gets the
code as it is when the worker starts, a `SIGHUP` brings a new version in without
a lost request, and no thread or connection of the app is copied by a fork.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import click

from segue.app import App
from segue.cli.development import mark
from segue.cli.discovery import load
from segue.cli.livereload import LiveReload
from segue.cli.place import Place
from segue.core.errors import ConfigurationError, SegueError
from segue.core.http.proxies import ProxyTrust
from segue.core.kernel.current import find_request

__all__ = [
    "Target",
    "load_target",
    "prepare",
]


@dataclass(frozen=True, slots=True)
class Target:
    """An app's place and what the command line says about it.

    Attributes:
        place: Where the app is.
        development: Whether a missing secret key is made rather than refused.
        debug: Whether the debug page is shown and blocked loops are reported.
        access_log: Whether each request is logged.
        threads: Worker threads for sync handlers; None leaves the app's number.
        proxies: Trusted proxies; empty leaves the app's.
    """

    place: Place
    development: bool = False
    debug: bool = False
    access_log: bool = False
    threads: int | None = None
    proxies: tuple[str, ...] = ()

    def dumps(self) -> str:
        """Build the text that carries it to another process."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> "Target":
        """Parse the text that `dumps` built."""
        members = json.loads(text)
        place = Place(**members.pop("place"))
        proxies = tuple(members.pop("proxies"))
        return cls(place, proxies=proxies, **members)


def prepare(target: Target) -> Any:
    """Load the app of a target, apply the target's options and close the app.

    Raises:
        SegueError: Everything that keeps the app from starting.
    """
    mark(development=target.development)
    app = load(target.place).app
    if isinstance(app, App):
        _apply(app, target)
        app.freeze()
        if not target.development:
            _check_secret_key(app)
    return app


def load_target(target: Target) -> Any:
    """Load the app in a worker process; a mistake ends the worker, readable."""
    # Logging is set up where lines are written: in the worker.
    from segue.observe.logs import setup  # noqa: PLC0415

    setup()
    try:
        app = prepare(target)
        if isinstance(app, App):
            loaded = app.loaded_settings
            secrets = () if loaded is None else loaded.secrets()
            setup(secrets=secrets, context=_request_fields)
        return app
    except SegueError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error


def _apply(app: App, target: Target) -> None:
    if app.frozen:
        return  # its module asked for something that closed it
    if target.debug:
        app.debug = app.watch_loop = True
        app.use(LiveReload())
    if target.access_log:
        app.access_log = True
    if target.threads is not None:
        app.threads = target.threads
    if target.proxies:
        app.proxies = ProxyTrust(target.proxies)


def _request_fields() -> dict[str, str]:
    """Tell a log line the id of the request it was written in."""
    request = find_request()
    return {} if request is None else {"request_id": request.id}


def _check_secret_key(app: App) -> None:
    loaded = app.loaded_settings
    problem = None if loaded is None else loaded.secret_key_problem()
    if problem is not None:
        raise ConfigurationError([problem])
