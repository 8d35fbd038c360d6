"""What `segue settings` prints."""

import msgspec
import pytest

from segue.core.config.describe import describe, table
from segue.core.config.secret import Secret
from segue.core.config.settings import Settings


class Database(msgspec.Struct, frozen=True):
    url: str = "postgresql://shop:rosebud@db/shop"


class Config(Settings):
    secret_key: Secret[str]
    page_size: int = 20
    smtp_password: str = "hunter2"
    database: Database = Database()


@pytest.fixture
def loaded(tmp_path):
    return Config.load(folder=tmp_path, environ={"SECRET_KEY": "s3cret"})


@pytest.mark.feature("M-196")
def test_every_setting_is_a_line_with_its_origin(loaded):
    lines = describe(loaded)

    assert [(line.name, line.value, line.kind) for line in lines] == [
        ("secret_key", "Secret('***')", "environment"),
        ("page_size", "20", "default"),
        ("smtp_password", "'***'", "default"),
        ("database.url", "'postgresql://shop:***@db/shop'", "default"),
    ]


def test_no_secret_is_in_the_table(loaded):
    text = table(describe(loaded))

    for secret in ("s3cret", "hunter2", "rosebud"):
        assert secret not in text


def test_columns_stand_below_each_other(loaded):
    header, first, *_ = table(describe(loaded)).split("\n")

    assert header.index("SOURCE") == first.index("environment")
    assert header.index("PLACE") == first.index("SECRET_KEY")


def test_without_settings_there_is_no_table(tmp_path):
    class Nothing(Settings):
        pass

    assert table(describe(Nothing.load(folder=tmp_path, environ={}))) == ""


def test_lines_can_be_sent_as_json(loaded):
    assert msgspec.json.decode(msgspec.json.encode(describe(loaded)))[1]["name"] == (
        "page_size"
    )


def test_a_log_can_be_told_all_secrets(tmp_path):
    class Keys(Settings):
        main: Secret[str]
        old: list[Secret[str]] = msgspec.field(default_factory=list)
        named: dict[str, Secret[str]] = msgspec.field(default_factory=dict)
        plain: str = "x"

    environ = {"MAIN": "a", "OLD": "b,c", "NAMED": "n=d"}

    loaded = Keys.load(folder=tmp_path, environ=environ)

    assert loaded.secrets() == tuple(map(Secret, "abcd"))


def test_a_renamed_setting_is_shown_under_its_attribute(tmp_path):
    class Shop(Settings):
        url: str = msgspec.field(name="database_url", default="")

    (line,) = describe(Shop.load(folder=tmp_path, environ={"DATABASE_URL": "x"}))

    assert (line.name, line.value, line.place) == ("url", "'x'", "DATABASE_URL")
