"""The files and their mistakes."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from segue.core.config.secret import Secret
from segue.core.config.settings import Settings
from segue.core.errors import ConfigurationError


class Config(Settings):
    page_size: int = 20
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    api_key: Secret[str] = Secret("")


def load(folder, environ=None, **options):
    return Config.load(folder=folder, environ=environ or {}, **options)


def problem(folder, environ=None, **options):
    with pytest.raises(ConfigurationError) as caught:
        load(folder, environ, **options)
    (found,) = caught.value.problems
    return found


def toml(folder, text):
    (folder / "segue.toml").write_bytes(text.encode())


@pytest.mark.feature("M-196")
def test_tables_of_others_in_segue_toml_are_left_alone(tmp_path):
    toml(tmp_path, "[app]\npage_size = 3\r\n[other]\nx = 1\n")

    assert load(tmp_path).value.page_size == 3


def test_a_table_for_a_table_setting_is_its_value(tmp_path):
    toml(tmp_path, '[app.tags]\na = "b"\n')

    assert load(tmp_path).value.tags == {"a": "b"}


@pytest.mark.parametrize(
    ("text", "code", "what", "where"),
    [
        ("[app", "SG-CONF-004", "segue.toml is not valid TOML", "segue.toml"),
        ("a=" + "[" * 5000, "SG-CONF-004", "not valid TOML", "segue.toml"),
        ("page_size = 3", "SG-CONF-003", "Put it below [app].", "segue.toml page_size"),
        ("app = 3", "SG-CONF-003", "[app] must be a table.", "segue.toml"),
        (
            "[app]\npage_sze = 3",
            "SG-CONF-003",
            "no setting page_sze. Did you mean 'page_size'?",
            "segue.toml [app] page_sze",
        ),
        (
            "[app]\nprofiles = 3",
            "SG-CONF-003",
            "one table for each profile",
            "segue.toml [app]",
        ),
        (
            "[app]\nprofiles.x = 3",
            "SG-CONF-003",
            "A profile is a table.",
            "segue.toml [app.profiles]",
        ),
        (
            "[app.profiles.production]\npage_sze = 3",
            "SG-CONF-003",
            "no setting page_sze",
            "segue.toml [app.profiles.production] page_sze",
        ),
    ],
)
def test_mistakes_in_segue_toml_are_told_with_their_place(
    tmp_path, text, code, what, where
):
    toml(tmp_path, text)

    found = problem(tmp_path)

    assert found.code == code
    assert what in found.what
    assert found.where == (where,)


PROFILES = "[app]\npage_size = 1\n[app.profiles.production]\npage_size = 2\n"


@pytest.mark.feature("M-196")
@pytest.mark.parametrize(("profile", "size"), [("", 1), ("production", 2)])
def test_a_profile_counts_more_than_its_table(tmp_path, profile, size):
    toml(tmp_path, PROFILES)

    assert load(tmp_path, {"SEGUE_PROFILE": profile}).value.page_size == size


def test_the_env_file_may_choose_the_profile(tmp_path):
    toml(tmp_path, PROFILES)
    (tmp_path / ".env").write_text("SEGUE_PROFILE=production")

    loaded = load(tmp_path)

    assert loaded.origins["page_size"].place == (
        "segue.toml [app.profiles.production] page_size"
    )


def test_an_unknown_profile_is_a_mistake(tmp_path):
    toml(tmp_path, PROFILES)

    found = problem(tmp_path, {"SEGUE_PROFILE": "prodution"})

    assert found.code == "SG-CONF-005"
    assert "Did you mean 'production'?" in found.what


def test_without_profiles_the_name_of_one_does_not_matter(tmp_path):
    toml(tmp_path, "[app]\npage_size = 1\n")

    assert load(tmp_path, {"SEGUE_PROFILE": "production"}).value.page_size == 1


def test_an_unknown_override_is_a_mistake(tmp_path):
    found = problem(tmp_path, overrides={"page": 3})

    assert found.where == ("override page",)


@pytest.mark.feature("M-197")
def test_a_byte_order_mark_is_not_part_of_a_name(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfPAGE_SIZE=3")

    assert load(tmp_path).value.page_size == 3


def test_a_folder_called_env_is_no_env_file(tmp_path):
    (tmp_path / ".env").mkdir()

    assert load(tmp_path).value.page_size == 20


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"A=\xff", ".env is not UTF-8 at byte 2."),
        (b"A" * 1_000_001, ".env is larger than 1000000 bytes."),
    ],
)
def test_a_file_that_is_no_text_is_a_mistake(tmp_path, data, what):
    (tmp_path / ".env").write_bytes(data)

    assert problem(tmp_path).what == what


def test_a_file_that_cannot_be_opened_is_a_mistake(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("A=1")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)

    assert problem(tmp_path).what == ".env cannot be read: Permission denied."


@pytest.mark.feature("M-196")
@pytest.mark.parametrize("name", ["api_key", "API_KEY"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_of_the_secrets_folder_is_a_value(tmp_path, name, end):
    (tmp_path / name).write_bytes(f"two words {end}".encode())

    loaded = load(tmp_path, {"SEGUE_SECRETS": "."})

    assert loaded.value.api_key.reveal() == "two words "
    assert loaded.origins["api_key"].place == str(tmp_path / name)


def test_other_files_of_the_secrets_folder_are_left_alone(tmp_path):
    (tmp_path / "page_size").mkdir()
    (tmp_path / "unknown").write_text("x")

    assert load(tmp_path, {"SEGUE_SECRETS": str(tmp_path)}).value.page_size == 20


def test_a_secrets_folder_that_is_none_is_a_mistake(tmp_path):
    found = problem(tmp_path, {"SEGUE_SECRETS": "nowhere"})

    assert found.what == f"{tmp_path / 'nowhere'} is no folder (SEGUE_SECRETS)."


def test_an_empty_name_switches_the_secrets_folder_off(tmp_path):
    (tmp_path / "page_size").write_text("5")

    assert load(tmp_path, {"SEGUE_SECRETS": ""}).value.page_size == 20


def test_a_link_in_the_secrets_folder_is_followed(tmp_path):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (tmp_path / "data").write_text("linked")
    (secrets / "api_key").symlink_to(tmp_path / "data")

    loaded = load(tmp_path, {"SEGUE_SECRETS": "secrets"})

    assert loaded.value.api_key.reveal() == "linked"


@given(st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_the_files_load_or_are_one_readable_error(tmp_path, data):
    (tmp_path / "segue.toml").write_bytes(data)
    (tmp_path / ".env").write_bytes(data)

    with suppress(ConfigurationError):
        assert load(tmp_path).value.page_size == 20
