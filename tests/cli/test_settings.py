"""`segue settings`."""

import json

import pytest

APP = """
    from segue.app import App
    from segue.core.config.secret import Secret
    from segue.core.config.settings import Settings

    class Config(Settings):
        page_size: int = 20
        api_key: Secret[str] = Secret("in code")

    app = App(Config)
"""


@pytest.mark.feature("M-191")
def test_each_setting_is_told_with_its_origin(segue, project):
    project.write("app.py", APP)
    project.write(".env", "PAGE_SIZE=50\nAPI_KEY=very-secret\n")

    result = segue("settings")

    assert "page_size" in result.output
    assert "50" in result.output
    assert ".env:1" in result.output
    assert "very-secret" not in result.output


@pytest.mark.feature("M-191")
def test_the_settings_are_told_as_json(segue, project):
    project.write("app.py", APP)

    told = {
        line["name"]: line for line in json.loads(segue("settings", "--json").output)
    }

    assert told["page_size"]["value"] == "20"
    assert told["page_size"]["kind"] == "default"


def test_an_app_without_settings_says_so(segue, project):
    project.write("app.py")

    assert segue("settings").output.startswith("No settings")
    assert json.loads(segue("settings", "--json").output) == []


def test_a_missing_secret_key_is_made_and_kept_in_development(segue, project):
    project.write(
        "app.py",
        """
        from segue.app import App
        from segue.core.config.secret import Secret
        from segue.core.config.settings import Settings

        class Config(Settings):
            secret_key: Secret[str]

        app = App(Config)
        """,
    )

    result = segue("settings")

    assert result.exit_code == 0, result.output
    assert (project.folder / ".segue" / "secret_key").is_file()
