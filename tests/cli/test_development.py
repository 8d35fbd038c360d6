"""The mark of development, and who sets it."""

import os

import pytest

from segue.cli.development import has_key, mark
from segue.cli.selection import app_of_commands, chosen_app
from segue.core.errors import ConfigurationError

APP = """
    from segue.app import App
    from segue.core.config.secret import Secret
    from segue.core.config.settings import Settings

    class Config(Settings):
        secret_key: Secret[str]

    app = App(Config)
"""


def test_the_mark_is_set_and_taken_away(project):
    mark(development=True)
    during = os.environ.get("SEGUE_DEVELOPMENT")
    mark(development=False)
    mark(development=False)

    assert during == "1"
    assert "SEGUE_DEVELOPMENT" not in os.environ


def test_a_command_of_ours_makes_the_key_of_development(project):
    project.write("app.py", APP)

    key = chosen_app(None).settings.secret_key

    assert has_key(project.folder)
    assert key


def test_a_command_of_the_app_makes_no_key(project):
    project.write("app.py", APP)

    with pytest.raises(ConfigurationError, match="SG-CONF-"):
        _ = app_of_commands().settings

    assert not has_key(project.folder)


def test_a_command_of_the_app_uses_the_key_that_is_there(project):
    project.write("app.py", APP)
    project.write(".segue/secret_key", "k3JxPq9vLm2Zs8Tf4Wn6Yb1Rd5Hg7Ca0Ue\n")

    assert app_of_commands().settings.secret_key.reveal().startswith("k3J")
