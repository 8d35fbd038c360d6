"""What a worker is told, and what it makes of that."""

import pytest

from segue.cli.place import Place, find_place
from segue.cli.target import Target, load_target, prepare
from segue.core.errors import ConfigurationError

WITH_KEY = """
    from segue.app import App
    from segue.core.config.secret import Secret
    from segue.core.config.settings import Settings

    class Config(Settings):
        secret_key: Secret[str]

    app = App(Config)
"""


def test_a_target_travels_as_text():
    target = Target(
        Place("shop", "make", True, "/srv"), threads=3, proxies=("10.0.0.0/8", "unix")
    )

    assert Target.loads(target.dumps()) == target


def test_the_options_reach_the_app(project):
    project.write("app.py")
    target = Target(
        find_place(project.folder),
        development=True,
        debug=True,
        access_log=True,
        threads=3,
        proxies=("10.0.0.0/8",),
    )

    app = prepare(target)

    assert app.frozen
    assert (app.debug, app.access_log, app.threads) == (True, True, 3)
    assert app.watch_loop
    assert app.proxies.networks == ("10.0.0.0/8",)


def test_without_options_the_app_stays_as_it_was_made(project):
    project.write("app.py", "from segue.app import App\napp = App(threads=5)\n")

    app = prepare(Target(find_place(project.folder)))

    assert (app.debug, app.access_log, app.threads) == (False, False, 5)
    assert app.proxies.networks == ()


def test_another_application_is_left_as_it_is(project):
    project.write("app.py", "def app(environ, start_response): ...\n")

    app = prepare(Target(find_place(project.folder), debug=True))

    assert app.__name__ == "app"


@pytest.mark.feature("M-214")
def test_production_refuses_a_missing_secret_key(project):
    project.write("app.py", WITH_KEY)

    with pytest.raises(ConfigurationError, match="SG-CONF-"):
        prepare(Target(find_place(project.folder)))


@pytest.mark.feature("M-214")
def test_production_refuses_a_weak_secret_key(project, monkeypatch):
    project.write("app.py", WITH_KEY)
    monkeypatch.setenv("SECRET_KEY", "change-me")

    with pytest.raises(ConfigurationError, match="SG-CONF-007"):
        prepare(Target(find_place(project.folder)))


@pytest.mark.feature("M-214")
def test_production_takes_a_good_secret_key(project, monkeypatch):
    project.write("app.py", WITH_KEY)
    monkeypatch.setenv("SECRET_KEY", "k3JxPq9vLm2Zs8Tf4Wn6Yb1Rd5Hg7Ca0Ue")

    app = prepare(Target(find_place(project.folder)))

    assert app.settings.secret_key.reveal().startswith("k3J")


@pytest.mark.feature("M-191")
def test_development_makes_a_missing_secret_key(project):
    project.write("app.py", WITH_KEY)

    app = prepare(Target(find_place(project.folder), development=True, debug=True))

    assert len(app.settings.secret_key.reveal()) >= 32


def test_a_worker_that_cannot_load_its_app_says_why_and_ends(project, capsys):
    project.write("app.py", "raise ValueError('not today')\n")

    with pytest.raises(SystemExit) as caught:
        load_target(Target(find_place(project.folder)))

    assert caught.value.code == 1
    assert "SG-CLI-004" in capsys.readouterr().err
