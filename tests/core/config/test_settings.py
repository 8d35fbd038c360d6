"""A settings class filled from all its sources."""

import dataclasses
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from annotated_types import Ge

from segue.core.config.secret import Secret
from segue.core.config.settings import Settings
from segue.core.errors import ConfigurationError

KEY = "k3y-" + "abcdefgh" * 8


class Database(msgspec.Struct, frozen=True):
    url: str
    pool: Annotated[int, Ge(1)] = 5


class Cache(msgspec.Struct, frozen=True):
    size: int = 100


class Config(Settings):
    page_size: int = 20
    title: str = "Shop"


class Full(Settings):
    timeout: timedelta = timedelta(seconds=30)
    secret_key: Secret[str]
    mode: Literal["fast", "safe"] = "safe"
    database: Database
    cache: Cache = Cache()
    mirror: Database | None = None


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def load(cls, folder, environ=None, **options):
    return cls.load(folder=folder, environ=environ or {}, **options)


def problems(cls, folder, environ=None, **options):
    with pytest.raises(ConfigurationError) as caught:
        load(cls, folder, environ, **options)
    return caught.value.problems


def secrets_in(folder, **files):
    place = folder / "secrets"
    place.mkdir()
    for name, text in files.items():
        (place / name).write_text(text)
    return {"SEGUE_SECRETS": str(place)}


@pytest.mark.feature("M-196")
def test_defaults_count_when_no_source_has_a_value(folder):
    loaded = load(Config, folder)

    assert loaded.value == Config(page_size=20, title="Shop")
    assert loaded.origins["page_size"].kind == "default"
    assert loaded.origins["page_size"].place.endswith(" Config")


@pytest.mark.feature("M-196", "M-197")
def test_each_source_counts_more_than_the_one_before(folder):
    kinds = []

    def step(environ=None, **options):
        loaded = load(Config, folder, environ, **options)
        kinds.append((loaded.value.page_size, loaded.origins["page_size"].kind))
        return loaded.origins["page_size"].place

    step()
    (folder / "segue.toml").write_text("[app]\npage_size = 1\n")
    assert step() == "segue.toml [app] page_size"
    (folder / ".env").write_text("# shop\nPAGE_SIZE=2\n")
    assert step() == ".env:2"
    environ = {"PAGE_SIZE": "3"}
    assert step(environ) == "PAGE_SIZE"
    environ |= secrets_in(folder, page_size="4\n")
    assert step(environ) == str(folder / "secrets" / "page_size")
    assert step(environ, overrides={"page_size": 5}) == "override page_size"

    assert kinds == [
        (20, "default"),
        (1, "toml"),
        (2, "dotenv"),
        (3, "environment"),
        (4, "secrets"),
        (5, "override"),
    ]


@pytest.mark.feature("M-197")
def test_the_environment_of_the_process_and_its_folder_are_the_defaults(
    folder, monkeypatch
):
    monkeypatch.chdir(folder)
    monkeypatch.setitem(os.environ, "PAGE_SIZE", "7")
    (folder / ".env").write_text("TITLE=Here")

    assert Config.load().value == Config(page_size=7, title="Here")


def test_settings_are_frozen_and_named_by_keyword():
    config = Config(page_size=3)

    with pytest.raises(AttributeError):
        config.page_size = 4
    with pytest.raises(TypeError):
        Config(3)


def test_a_required_setting_may_follow_one_with_a_default():
    class Shop(Config):
        owner: str

    assert Shop(owner="ada") == Shop(page_size=20, title="Shop", owner="ada")


def test_a_prefix_and_a_table_are_inherited(folder):
    class Base(Settings, prefix="SHOP_", table="shop"):
        size: int = 1

    class Child(Base):
        color: str = "red"

    (folder / "segue.toml").write_text('[shop]\ncolor = "blue"\n[app]\nother = 1\n')

    loaded = load(Child, folder, {"SHOP_SIZE": "2", "SIZE": "3"})

    assert loaded.value == Child(size=2, color="blue")


def test_a_renamed_field_has_that_name_in_every_source(folder):
    class Shop(Settings):
        url: str = msgspec.field(name="database_url", default="")

    assert load(Shop, folder, {"DATABASE_URL": "x"}).value.url == "x"


@pytest.mark.feature("M-196")
def test_nested_settings_are_merged_from_all_sources(folder):
    (folder / "segue.toml").write_text(
        '[app]\ntimeout = "1 minute"\n[app.database]\nurl = "a"\npool = 1\n'
        "[app.cache]\nsize = 5\n"
    )
    (folder / ".env").write_text("DATABASE__URL=b\n")
    environ = {"SECRET_KEY": KEY, "DATABASE__POOL": "3", "MIRROR": '{"url": "m"}'}

    loaded = load(Full, folder, environ)

    assert loaded.value == Full(
        timeout=timedelta(minutes=1),
        secret_key=Secret(KEY),
        database=Database("b", 3),
        cache=Cache(5),
        mirror=Database("m"),
    )
    assert loaded.origins["database.url"].place == ".env:1"
    assert loaded.origins["database.pool"].kind == "environment"
    assert loaded.origins["mirror.url"].place == "MIRROR"
    assert loaded.origins["mirror.pool"].kind == "default"


def test_a_default_of_nested_settings_can_be_changed_in_part(folder):
    class Shop(Settings):
        database: Database = Database("sqlite", 9)

    loaded = load(Shop, folder, {"DATABASE__URL": "postgres"})

    assert loaded.value.database == Database("postgres", 9)


def test_json_for_nested_settings_can_be_changed_by_one_of_their_variables(folder):
    environ = {
        "SECRET_KEY": KEY,
        "DATABASE": '{"url": "a", "pool": 2}',
        "DATABASE__URL": "b",
    }

    assert load(Full, folder, environ).value.database == Database("b", 2)


def test_a_whole_object_replaces_what_earlier_sources_said_of_its_fields(folder):
    environ = {"SECRET_KEY": KEY, "DATABASE__POOL": "3"}

    loaded = load(Full, folder, environ, overrides={"database": Database("o")})

    assert loaded.value.database == Database("o", 5)
    assert loaded.origins["database.url"].kind == "override"


def test_optional_nested_settings_can_be_switched_off(folder):
    class Shop(Settings):
        mirror: Database | None = Database("x")

    off = load(Shop, folder, {"MIRROR": ""})
    part = load(Shop, folder, {"MIRROR": "none", "MIRROR__URL": "y"})

    assert off.value.mirror is None
    assert off.origins["mirror"].kind == "environment"
    assert part.value.mirror == Database("y")


def test_a_dataclass_can_be_nested_too(folder):
    @dataclasses.dataclass
    class Mail:
        host: str = "localhost"
        port: int = 25

    class Shop(Settings):
        mail: Mail = msgspec.field(default_factory=Mail)

    assert load(Shop, folder, {"MAIL__PORT": "26"}).value.mail == Mail("localhost", 26)


class Server(msgspec.Struct):
    below: "list[Server] | None" = None
    key: Secret[str] | None = None


class Menu(msgspec.Struct):
    name: str
    inner: "list[Menu]" = msgspec.field(default_factory=list)
    top: "Menu | None" = None


def test_a_class_inside_itself_is_a_value(folder):
    class Shop(Settings):
        menu: Menu

    loaded = load(Shop, folder, {"MENU": '{"name": "a", "top": {"name": "b"}}'})

    assert loaded.value.menu == Menu("a", [], Menu("b"))


@pytest.mark.feature("M-196")
def test_all_mistakes_are_reported_together(folder):
    (folder / "segue.toml").write_text("[app]\nmode = 'quick'\npage = 3\n")
    (folder / ".env").write_text("nonsense\nTIMEOUT=soon\n")
    environ = {"DATABASE__POOL": "0", "DATABASE__POL": "1"}

    found = problems(Full, folder, environ)

    assert [(problem.code, problem.what) for problem in found] == [
        ("SG-CONF-004", "A line is no NAME=value."),
        ("SG-CONF-003", "There is no setting page."),
        (
            "SG-CONF-003",
            "There is no setting DATABASE__POL. Did you mean 'DATABASE__POOL'?",
        ),
        (
            "SG-CONF-002",
            (
                "The setting timeout is 'soon', but must be a duration such as "
                "'5 minutes' or 300 (seconds)."
            ),
        ),
        ("SG-CONF-007", "There is no secret key."),
        (
            "SG-CONF-002",
            "The setting mode is 'quick', but must be one of 'fast', 'safe'.",
        ),
        ("SG-CONF-001", "The setting database.url is missing."),
        ("SG-CONF-002", "The setting database.pool is '0', but must be at least 1."),
    ]
    places = [problem.where[0] for problem in found]
    assert places[:3] == [
        ".env:1",
        "segue.toml [app] page",
        "environment DATABASE__POL",
    ]
    assert places[3] == ".env:2"
    assert places[7] == "environment DATABASE__POOL"


def test_a_missing_setting_says_where_it_could_stand(folder):
    (problem,) = problems(Full, folder, {"SECRET_KEY": KEY})

    assert "Set DATABASE__URL in the environment or in .env" in problem.fix
    assert "url = ... below [app.database] in segue.toml" in problem.fix
    assert problem.where[0].endswith(" Full")


def test_a_missing_setting_names_a_misspelled_variable(folder):
    (folder / ".env").write_text("DATABASE_URL=x")

    (problem,) = problems(Full, folder, {"SECRET_KEY": KEY})

    assert "There is DATABASE_URL: a misspelling?" in problem.fix


def test_a_missing_secret_is_not_sent_to_the_toml_file(folder):
    class Shop(Settings):
        api_key: Secret[str]

    (problem,) = problems(Shop, folder)

    assert "the file api_key of the secrets folder" in problem.fix
    assert "segue.toml" not in problem.fix


@pytest.mark.feature("M-196")
@pytest.mark.parametrize("name", ["pin", "password"])
def test_a_secret_that_does_not_fit_is_masked_in_the_error(folder, name):
    class Shop(Settings):
        pin: Secret[int] = Secret(0)
        password: Annotated[str, msgspec.Meta(max_length=2)] = ""

    (problem,) = problems(Shop, folder, {name.upper(): "rosebud"})

    assert "rosebud" not in str(problem)
    assert "***" in str(problem)


def test_a_reason_inside_a_value_names_its_place(folder):
    class Shop(Settings):
        ports: list[int] = msgspec.field(default_factory=list)
        pools: dict[str, Cache] = msgspec.field(default_factory=dict)

    found = problems(Shop, folder, {"PORTS": "1,x", "POOLS": '{"a": {"size": "b"}}'})

    assert [problem.what for problem in found] == [
        "The setting ports[1] is 'x', but must be a whole number.",
        "The setting pools.a.size is 'b', but must be a whole number.",
    ]


def test_an_unknown_key_inside_a_value_is_told_without_a_value(folder):
    class Shop(Settings):
        pools: list[Cache] = msgspec.field(default_factory=list)

    (problem,) = problems(Shop, folder, {"POOLS": '[{"sizes": 3}]'})

    assert problem.what == (
        "The setting pools[0].sizes is no setting. Did you mean 'size'?"
    )


def test_broken_json_for_nested_settings_is_told_once(folder):
    (problem,) = problems(Full, folder, {"SECRET_KEY": KEY, "DATABASE": "{"})

    assert problem.what == "The setting database must be valid JSON."


@pytest.mark.feature("M-196")
@pytest.mark.parametrize("text", ['[{"key": "rosebud"', "rosebud", '["rosebud"]'])
def test_text_for_a_class_with_a_secret_in_it_is_not_shown(folder, text):
    class Shop(Settings):
        servers: list[Server] = msgspec.field(default_factory=list)

    (problem,) = problems(Shop, folder, {"SERVERS": text})

    assert "rosebud" not in str(problem)


def test_a_class_may_refuse_values_that_fit_one_by_one(folder):
    class Shop(Settings):
        low: int = 1
        high: int = 2

        def __post_init__(self):
            if self.low > self.high:
                raise ValueError("low is above high")

    (problem,) = problems(Shop, folder, {"LOW": "3"})

    assert problem.what == "Shop is refused by Shop: low is above high."


def test_nested_settings_may_refuse_too(folder):
    class Span(msgspec.Struct):
        low: int = 1
        high: int = 2

        def __post_init__(self):
            if self.low > self.high:
                raise ValueError("low is above high")

    class Shop(Settings):
        span: Span = msgspec.field(default_factory=Span)

    (problem,) = problems(Shop, folder, {"SPAN__LOW": "3"})

    assert problem.what == ("The setting span is refused by Span: low is above high.")


def test_a_type_that_no_text_fits_is_a_mistake_of_the_class(folder):
    class Clock:
        pass

    class Shop(Settings):
        clock: Clock | None = None

    assert load(Shop, folder).value.clock is None
    (problem,) = problems(Shop, folder, {"CLOCK": "x"})

    assert problem.code == "SG-CONF-006"
    assert "The setting clock cannot be read" in problem.what


def test_a_type_that_cannot_be_found_is_a_mistake_of_the_class(folder):
    class Shop(Settings):
        clock: "Missing" = 1  # noqa: F821 - that is the mistake

    (problem,) = problems(Shop, folder)

    assert problem.code == "SG-CONF-006"
    assert "'Missing'" in problem.what


def test_two_fields_with_one_variable_are_a_mistake_of_the_class(folder):
    class Shop(Settings):
        cache: Cache = Cache()
        cache__size: int = 1
        profiles: int = 1

    found = problems(Shop, folder)

    assert [problem.what for problem in found] == [
        "cache.size and cache__size are both the variable CACHE__SIZE.",
        "No setting can be called profiles: segue.toml has its own use.",
    ]


def test_a_misspelling_in_the_env_file_is_hinted_at(folder):
    (folder / ".env").write_text("PAGE_SZE=5\nTITEL=x\nOTHER=1\n")

    loaded = load(Config, folder, {"TITLE": "given"})

    assert loaded.hints == (".env:1: PAGE_SZE is no setting. Did you mean PAGE_SIZE?",)


def test_places_inside_the_project_are_short(folder):
    source = (
        "from segue.core.config.settings import Settings\n"
        "class Shop(Settings):\n    a: int\n"
    )
    scope: dict[str, Any] = {"__name__": "shop"}
    exec(compile(source, str(folder.resolve() / "shop.py"), "exec"), scope)

    (problem,) = problems(scope["Shop"], folder)

    assert problem.where == ("shop.py:2 Shop",)


def test_a_folder_may_be_given_as_text(folder):
    (folder / ".env").write_text("PAGE_SIZE=9")

    assert load(Config, str(folder)).value.page_size == 9


@pytest.mark.feature("M-196")
def test_development_makes_a_secret_key_and_keeps_it(folder):
    class Shop(Settings):
        secret_key: Secret[str]

    first = load(Shop, folder, development=True)
    second = load(Shop, folder, development=True)

    assert first.value.secret_key == second.value.secret_key
    assert len(first.value.secret_key.reveal()) >= 32
    assert first.origins["secret_key"].kind == "generated"
    assert first.origins["secret_key"].place == ".segue/secret_key"


def test_development_makes_no_key_when_one_is_given(folder):
    class Shop(Settings):
        secret_key: Secret[str] = Secret("x")
        other: int = 1

    load(Shop, folder, development=True)

    assert not (folder / ".segue").exists()


def test_development_tells_why_it_cannot_keep_a_key(folder):
    class Shop(Settings):
        secret_key: Secret[str] | None = None

    (folder / ".segue").write_text("a file in the way")

    (problem,) = problems(Shop, folder, development=True)

    assert problem.code == "SG-CONF-009"


def test_a_misspelled_secret_key_is_named(folder):
    class Shop(Settings):
        secret_key: Secret[str]

    (problem,) = problems(Shop, folder, {"SECRETKEY": "x"})

    assert problem.code == "SG-CONF-001"
    assert "There is SECRETKEY: a misspelling?" in problem.fix


@pytest.mark.parametrize(
    ("environ", "what"),
    [
        ({"SHOP_SECRET_KEY": KEY}, None),
        ({"SHOP_SECRET_KEY": "short"}, "The secret key is shorter than 32 characters."),
        ({}, "The secret key is the default in the code."),
        ({"SHOP_SECRET_KEY": ""}, "There is no secret key."),
    ],
)
def test_production_is_told_what_is_wrong_with_its_key(folder, environ, what):
    class Shop(Settings, prefix="SHOP_"):
        secret_key: Secret[str] | None = Secret(KEY)

    problem = load(Shop, folder, environ).secret_key_problem()

    assert (problem and problem.what) == what
    assert problem is None or "Set SHOP_SECRET_KEY" in problem.fix


def test_settings_without_a_secret_key_have_no_problem_with_it(folder):
    assert load(Config, folder).secret_key_problem() is None


def test_paths_of_settings_are_taken_as_they_stand(folder):
    class Shop(Settings):
        data: Path = Path("data")

    assert load(Shop, folder, {"DATA": "/srv/data"}).value.data == Path("/srv/data")
