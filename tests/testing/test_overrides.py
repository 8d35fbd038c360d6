"""Other settings, values, state and time for an app."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from segue.core.config.secret import Secret
from segue.core.config.settings import Settings
from segue.testing import ClientError, FrozenClock, override


class Config(Settings):
    page_size: int = 20
    key: Secret[str] = Secret("real")


class Prices:
    pass


@pytest.fixture
def app():
    """What `override` asks of an app; the journeys use the real one."""
    config = Config()
    return SimpleNamespace(
        settings=config,
        kernel=SimpleNamespace(
            values={Config: config, Prices: "real"}, provided=frozenset()
        ),
        state=SimpleNamespace(db="real"),
        clock=lambda: datetime.now(tz=UTC),
    )


def test_settings_are_replaced_for_the_time_of_a_block(app):
    with override(app, settings={"page_size": 3, "key": "other"}):
        inside = app.kernel.values[Config]

    assert inside.page_size == 3
    assert inside.key.reveal() == "other"
    assert app.kernel.values[Config].page_size == 20


def test_a_secret_may_be_given_as_one(app):
    with override(app, settings={"key": Secret("other")}):
        inside = app.kernel.values[Config].key

    assert inside.reveal() == "other"


def test_values_are_replaced_and_put_back_after_an_error(app):
    seen = []
    with pytest.raises(ZeroDivisionError), override(app, {Prices: "other"}):
        seen.append(1 / (app.kernel.values[Prices] != "other"))

    assert seen == []
    assert app.kernel.values[Prices] == "real"


def test_overrides_nest(app):
    with override(app, {Prices: "one"}):
        with override(app, {Prices: "two"}):
            inner = app.kernel.values[Prices]
        outer = app.kernel.values[Prices]

    assert (inner, outer) == ("two", "one")


def test_state_is_set_and_taken_back(app):
    with override(app, state={"db": "other", "new": 1}):
        inside = vars(app.state).copy()

    assert inside == {"db": "other", "new": 1}
    assert vars(app.state) == {"db": "real"}


def test_the_time_stands_still_until_it_is_moved(app):
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    with override(app, now=moment) as clock:
        before = app.clock()
        clock.move(days=1, seconds=-1)
        after = app.clock()

    assert before == moment
    assert after == datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC)
    assert app.clock() != after


def test_without_a_time_there_is_no_clock(app):
    with override(app) as clock:
        assert clock is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"settings": {"page_sise": 1}},
            "no setting 'page_sise'. Did you mean 'page_size'",
        ),
        ({"settings": {"page_size": "many"}}, "'page_size' cannot be 'many'"),
        ({"values": {int: 1}}, "no value or provider 'int'"),
        ({"now": datetime(2030, 1, 1)}, "has no time zone"),  # noqa: DTZ001 - the mistake
    ],
)
def test_what_the_app_does_not_have_is_an_error(app, options, words):
    with (
        pytest.raises(ClientError, match="SG-TEST-013") as caught,
        override(app, **options),
    ):
        pass

    assert words in str(caught.value)
    assert app.kernel.values[Config].page_size == 20


def test_an_app_without_a_clock_says_so(app):
    del app.clock

    with (
        pytest.raises(ClientError, match="no clock"),
        override(app, now=datetime(2030, 1, 1, tzinfo=UTC)),
    ):
        pass


def test_a_frozen_clock_speaks_utc():
    from datetime import timedelta, timezone

    clock = FrozenClock(datetime(2030, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))

    assert clock().isoformat() == "2030-01-01T00:00:00+00:00"
