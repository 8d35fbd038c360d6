"""Secrets stay out of everything that is printed."""

import copy
import json
import pickle
import traceback

import msgspec
import pytest
from hypothesis import given, strategies as st

from segue.core.config.secret import Secret, is_secret
from segue.core.errors import SettingsError


@pytest.mark.feature("M-196")
@given(st.text(min_size=4))
def test_no_form_of_a_secret_shows_its_value(value):
    secret = Secret("<" + value + ">")

    shown = f"{secret!r} {secret} {secret:>20} {[secret]} {f'{secret}'}"

    assert f"<{value}>" not in shown
    assert secret.reveal() == f"<{value}>"


def test_the_mask_follows_the_format():
    assert f"{Secret('x'):>5}" == "  ***"


def test_a_secret_holds_any_type():
    number: Secret[int] = Secret(5)

    assert number.reveal() == 5


@pytest.mark.parametrize(
    "encode", [msgspec.json.encode, json.dumps, msgspec.to_builtins]
)
def test_a_secret_has_no_json_form(encode):
    with pytest.raises(TypeError):
        encode({"key": Secret("x")})


def test_a_secret_refuses_to_be_pickled():
    with pytest.raises(SettingsError, match="SG-CONF-008"):
        pickle.dumps(Secret("x"))


def test_a_secret_stays_hidden_in_a_traceback_of_its_struct():
    class Held(msgspec.Struct):
        key: Secret[str]

    try:
        raise ValueError(Held(Secret("rosebud")))
    except ValueError as error:
        text = "".join(traceback.format_exception(error))

    assert "Secret('***')" in text
    assert "('rosebud')" not in text.replace('Secret("rosebud")', "")


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("é", "é", True),
        ("\ud800", "\ud800", True),
        (b"a", b"a", True),
        (b"a", b"b", False),
        ("a", b"a", False),
        (1, 1, True),
        (1, 2, False),
        (1, True, False),
        (1.5, 1.5, True),
        ([1], [2], False),
    ],
)
def test_secrets_are_equal_when_type_and_value_are(left, right, equal):
    assert (Secret(left) == Secret(right)) is equal


def test_a_secret_is_not_equal_to_its_value():
    assert Secret("a") != "a"


@given(st.one_of(st.text(), st.binary(), st.integers()))
def test_equal_secrets_have_equal_hashes(value):
    assert hash(Secret(value)) == hash(Secret(value))


def test_the_hash_of_a_number_tells_nothing_of_it():
    assert hash(Secret(5)) == hash(Secret(6))


def test_a_secret_is_as_true_as_its_value():
    assert Secret("x")
    assert not Secret("")


def test_a_secret_cannot_be_changed():
    secret = Secret("x")

    with pytest.raises(AttributeError, match="cannot be changed"):
        secret._hidden = "y"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del secret._hidden

    assert secret.reveal() == "x"


def test_a_copy_of_a_secret_is_the_secret():
    secret = Secret(["x"])

    assert copy.copy(secret) is secret
    assert copy.deepcopy({"a": secret})["a"] is secret


def test_a_secret_can_be_told_from_other_values():
    assert is_secret(Secret("x"))
    assert not is_secret("x")
