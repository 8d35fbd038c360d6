"""Types as a migration file spells them."""

import enum

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeDecorator, UserDefinedType

from segue.migrations.kinds import enum_of, kind_of, quote, same_family


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Plain(TypeDecorator):
    impl = sa.String(12)
    cache_ok = True


class Data(TypeDecorator):
    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect):
        made = postgresql.JSONB() if dialect.name == "postgresql" else sa.JSON()
        return dialect.type_descriptor(made)


class Own(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "POINT"


class Text(sa.String):
    pass


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (sa.Integer, "sa.Integer()"),
        (sa.String(20), "sa.String(length=20)"),
        (sa.String(9, collation="C"), 'sa.String(length=9, collation="C")'),
        (sa.Numeric(10, 2, asdecimal=False), "sa.Numeric(precision=10, scale=2)"),
        (sa.DateTime(timezone=True), "sa.DateTime(timezone=True)"),
        (sa.JSON(none_as_null=True), "sa.JSON()"),
        (sa.Uuid(as_uuid=False), "sa.Uuid()"),
        (sa.Boolean(create_constraint=True), "sa.Boolean()"),
        (sa.Enum(Colour), 'sa.Enum("RED", "BLUE", name="colour")'),
        (
            sa.Enum("a", native_enum=False, length=5),
            'sa.Enum("a", native_enum=False, length=5)',
        ),
        (
            sa.Enum("it's", 'a"b', name="e", schema="s"),
            'sa.Enum("it\'s", \'a"b\', name="e", schema="s")',
        ),
        (
            sa.ARRAY(sa.String(3), dimensions=2),
            "sa.ARRAY(sa.String(length=3), dimensions=2)",
        ),
        (postgresql.JSONB(), "postgresql.JSONB()"),
        (postgresql.ARRAY(Plain), "postgresql.ARRAY(sa.String(length=12))"),
        (mysql.TINYINT(1), "mysql.TINYINT(display_width=1)"),
        (sa.Interval(), "sa.Interval()"),
        (Plain, "sa.String(length=12)"),
        (Data, 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'),
        (
            Data().with_variant(postgresql.ARRAY(sa.Text), "postgresql"),
            'sa.JSON().with_variant(postgresql.ARRAY(sa.Text()), "postgresql")',
        ),
        (
            Plain().with_variant(postgresql.ARRAY(sa.Text), "postgresql"),
            (
                "sa.String(length=12)"
                '.with_variant(postgresql.ARRAY(sa.Text()), "postgresql")'
            ),
        ),
        (
            sa.Text().with_variant(sa.String(9), "mysql", "mariadb"),
            ('sa.Text().with_variant(sa.String(length=9), "mariadb", "mysql")'),
        ),
    ],
)
def test_a_type_is_spelt_without_what_only_python_sees(made, text):
    kind = kind_of(made)

    assert kind.text == repr(kind) == text
    assert kind == kind_of(
        eval(text, {"sa": sa, "postgresql": postgresql, "mysql": mysql})
    )
    assert kind == kind_of(made, {})


def test_imports_come_with_a_type_that_needs_them():
    assert kind_of(postgresql.JSONB()).imports == (
        "from sqlalchemy.dialects import postgresql",
    )
    assert kind_of(Own()).imports == (f"import {__name__}",)
    assert kind_of(Text(9)).text == f"{__name__}.Text(length=9)"


def test_kinds_that_are_known_are_not_described_again():
    known = {}
    one = kind_of(sa.String(9), known)

    assert kind_of(sa.String(9), known) is one
    assert kind_of(sa.String(8), known) is not one
    assert one != "sa.String(length=9)"
    assert len({one, kind_of(sa.String(9))}) == 1


def test_an_enum_is_found_where_the_dialect_keeps_it():
    made = sa.Enum("a", name="e")

    assert enum_of(kind_of(made), "postgresql").enums == ["a"]
    assert enum_of(kind_of(sa.ARRAY(made)), "postgresql").name == "e"
    assert enum_of(kind_of(sa.String()), "postgresql") is None
    assert enum_of(kind_of(sa.Enum("a", native_enum=False)), "postgresql") is None
    variant = sa.String(9).with_variant(made, "postgresql")
    assert enum_of(kind_of(variant), "postgresql").name == "e"
    assert enum_of(kind_of(variant), "sqlite") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (sa.Integer(), sa.BigInteger(), True),
        (sa.Integer(), sa.Numeric(), True),
        (sa.String(9), sa.Text(), True),
        (sa.String(9), sa.Integer(), False),
        (sa.Date(), sa.DateTime(), False),
    ],
)
def test_families_of_types(one, other, same):
    assert same_family(kind_of(one), kind_of(other)) is same


@pytest.mark.parametrize(
    ("text", "spelt"),
    [("a", '"a"'), ("it's", '"it\'s"'), ('"', "'\"'"), ("\n", '"\\n"')],
)
def test_a_string_is_spelt_with_double_quotes_where_it_can_be(text, spelt):
    assert quote(text) == spelt
    assert eval(spelt) == text
