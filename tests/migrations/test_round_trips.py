"""Any state to any other and back, with rows: nothing differs, nothing is lost."""

import itertools
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings, strategies as st

from segue.migrations import commands
from segue.migrations.config import Migrations
from segue.migrations.connecting import connected
from segue.migrations.describe import describe
from segue.migrations.live import live_differences
from segue.migrations.questions import Answers
from segue.migrations.revisions import History

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
TYPES = {
    "whole": sa.Integer(),
    "big": sa.BigInteger(),
    "short": sa.String(20),
    "longer": sa.String(60),
    "text": sa.Text(),
    "money": sa.Numeric(10, 2),
    "exact": sa.Numeric(14, 4),
    "flag": sa.Boolean(),
    "day": sa.Date(),
    "moment": sa.DateTime(),
    "choice": sa.Enum("a", "b", "c", name="choice"),
    "more": sa.Enum("b", "c", "d", "e", name="choice"),
    "word": sa.Enum("a", "b", name="word", native_enum=False, length=8),
}
# A type that another is turned into without loss, with rows there.
KIN = [
    ["whole", "big"],
    ["short", "longer", "text"],
    ["money", "exact"],
    ["flag"],
    ["day"],
    ["moment"],
    ["choice"],
    ["word"],
]
DEFAULTS = {
    "whole": "7",
    "big": "8",
    "short": "s",
    "longer": "it's; 50% :a",
    "money": "1.50",
    "exact": "1.2500",
    "choice": "b",
    "word": "b",
    "day": "2026-11-25",
}
VALUES = {
    "whole": "5",
    "big": "6",
    "short": "'x'",
    "longer": "'y'",
    "text": "'z'",
    "money": "9.99",
    "exact": "9.9900",
    "flag": "true",
    "day": "'2026-01-02'",
    "moment": "'2026-01-02 03:04:05'",
    "choice": "'b'",
    "more": "'b'",
    "word": "'a'",
}


@st.composite
def columns(draw):
    kin = draw(st.sampled_from(KIN))
    kind = draw(st.sampled_from(kin))
    return {
        "kin": kin,
        "kind": kind,
        "nullable": draw(st.booleans()),
        "default": draw(st.booleans()) and kind in DEFAULTS,
        "comment": draw(st.sampled_from([None, "one's", "two"])),
    }


@st.composite
def tables(draw, others):
    names = draw(st.lists(st.sampled_from("abcdef"), unique=True, max_size=4))
    made = {name: draw(columns()) for name in names}
    plain = [n for n in names if made[n]["kind"] != "text"]
    pairs = list(itertools.combinations(plain, 2))
    return {
        "columns": made,
        "unique": draw(st.sampled_from([None, *pairs])) if pairs else None,
        "index": draw(st.sampled_from([None, *plain])),
        "checks": [n for n in names if draw(st.booleans())],
        "parent": draw(st.sampled_from([None, *others])),
        "cascade": draw(st.booleans()),
        "comment": draw(st.sampled_from([None, "a table"])),
    }


@st.composite
def states(draw):
    names = draw(st.lists(st.sampled_from("tuv"), unique=True, min_size=1))
    names.sort()
    return {n: draw(tables(names[:i])) for i, n in enumerate(names)}


@st.composite
def changed(draw, state):
    """A state that has something in common with another one."""
    other = draw(states())
    for name, table in other.items():
        for column, made in table["columns"].items():
            was = state.get(name, {"columns": {}})["columns"].get(column)
            if was is not None:
                kind = draw(st.sampled_from(was["kin"]))
                made.update(kin=was["kin"], kind=kind)
                made["default"] = made["default"] and kind in DEFAULTS
    for table in other.values():
        texts = {n for n, c in table["columns"].items() if c["kind"] == "text"}
        if table["unique"] and texts & set(table["unique"]):
            table["unique"] = None
        if table["index"] in texts:
            table["index"] = None
    return other


pairs_of_states = states().flatmap(
    lambda state: changed(state).map(lambda other: (state, other))
)


def _build(state):
    metadata = sa.MetaData(naming_convention=NAMES)
    for name, table in state.items():
        parts = [
            sa.Column(
                column,
                TYPES[made["kind"]],
                nullable=made["nullable"],
                server_default=DEFAULTS[made["kind"]] if made["default"] else None,
                comment=made["comment"],
            )
            for column, made in table["columns"].items()
        ]
        parts += [
            sa.CheckConstraint(
                f"{column} IS NULL OR {column} = {column}", name=f"{column}_ok"
            )
            for column in table["checks"]
        ]
        if table["unique"]:
            parts.append(sa.UniqueConstraint(*table["unique"]))
        if table["parent"]:
            parts.append(
                sa.Column(
                    "parent_id",
                    sa.ForeignKey(
                        f"{table['parent']}.id",
                        ondelete="CASCADE" if table["cascade"] else None,
                    ),
                )
            )
        made = sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            *parts,
            comment=table["comment"],
        )
        if table["index"]:
            sa.Index(f"ix_{name}_one", made.c[table["index"]])
    return metadata


def _points_on(table, other):
    """Whether its row can point at another one, here and there."""
    there = None if other is None else other["parent"]
    return table["parent"] is not None and there in {None, table["parent"]}


def _fill(engine, state, other):
    with engine.begin() as connection:
        for name, table in state.items():
            given = {n: VALUES[c["kind"]] for n, c in table["columns"].items()}
            given["id"] = "1"
            if _points_on(table, other.get(name)):
                given["parent_id"] = "1"
            into, values = ", ".join(given), ", ".join(given.values())
            connection.execute(
                sa.text(f"INSERT INTO {name} ({into}) VALUES ({values})")
            )


def _rows(engine, state, common):
    """The values of the columns that both states have, by table."""
    with engine.connect() as connection:
        return {
            name: [
                [str(value) for value in row]
                for row in connection.execute(
                    sa.text(f"SELECT {', '.join(['id', *names])} FROM {name}")
                )
            ]
            for name, names in common.items()
            if name in state
        }


def _common(one, two):
    return {
        name: sorted(
            c
            for c in set(one[name]["columns"]) & set(two[name]["columns"])
            if one[name]["columns"][c]["kin"] != ["money", "exact"]
        )
        for name in set(one) & set(two)
    }


def _compared(engine, metadata):
    """Compare with the models as Alembic does it, without Segue."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, metadata)
    return [each for each in found if each[0] != "remove_table"]


class _Values(Answers):
    """Nothing is renamed; rows get a value of the right type."""

    def renamed_table(self, old, new, *, alike):
        return False

    def renamed_column(self, table, old, new, *, alike):
        return False

    def value(self, table, column):
        from segue.migrations.schema import Default

        kind = next(
            k
            for k, t in TYPES.items()
            if repr(t) == repr(column.kind.made)
            or (k == "word" and "native_enum=False" in column.kind.text)
        )
        return Default(VALUES[kind], is_sql=True)


def _round_trip(server, one, two):
    with tempfile.TemporaryDirectory() as folder:
        target = [_build(one)]
        config = Migrations(
            target=lambda: target[0],
            url=server.one(),
            folder=Path(folder) / "migrations",
        )
        engine = sa.create_engine(config.address, poolclass=sa.pool.NullPool)
        common = _common(one, two)
        commands.make(config, _Values())
        commands.migrate(config)
        _fill(engine, one, two)
        before = _rows(engine, one, common)
        target[0] = _build(two)
        said = commands.make(config, _Values())

        assert commands.check(config)
        assert live_differences(config, describe(_build(one))) == []
        if not said.startswith("No changes"):
            commands.migrate(config)
            assert live_differences(config, describe(target[0])) == []
            assert _compared(engine, target[0]) == []
            assert _rows(engine, two, common) == before
            commands.undo(config)
        assert live_differences(config, describe(_build(one))) == []
        assert _rows(engine, one, common) == before
        history = History(config.folder)
        assert history.state(history.heads) == history.state(history.heads)
        with connected(config, locked=False) as connection:
            connection.commit()
        engine.dispose()


@pytest.mark.feature("M-102")
@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pair=pairs_of_states)
def test_any_state_becomes_any_other_and_back(server, pair):
    one, two = pair

    _round_trip(server, one, two)
