"""What operations make of a state, also those written by hand."""

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.describe import describe
from segue.migrations.revisions import History


def _state(folder, write, *lines):
    write(folder, "0001", None, "\n".join(lines))
    return History(folder).state()


def test_a_table_that_is_not_there_is_named(tmp_path, write, refused):
    work = lambda: _state(tmp_path / "m", write, "op.drop_table('nothing')")  # noqa: E731

    assert refused(work) == "SG-MIG-010"


@pytest.mark.parametrize(
    "line", ["op.drop_column('t', 'no')", "op.alter_column('t', 'no', nullable=False)"]
)
def test_a_column_that_is_not_there_is_named(tmp_path, write, refused, line):
    made = "op.create_table('t', sa.Column('id', sa.Integer))"

    assert refused(lambda: _state(tmp_path / "m", write, made, line)) == "SG-MIG-011"


def test_the_operations_of_hand_written_files_add_up(tmp_path, write):
    state = _state(
        tmp_path / "m",
        write,
        "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))",
        "op.create_table('t', sa.Column('id', sa.Integer, nullable=False))",
        "op.create_primary_key('pk_t', 't', ['id'])",
        "op.add_column('t', sa.Column('a_id', sa.Integer, sa.ForeignKey('a.id')))",
        "op.add_column('t', sa.Column('x', sa.String(9), unique=True, index=True))",
        "op.create_unique_constraint('uq', 't', ['a_id', 'x'])",
        "op.create_check_constraint('ck', 't', sa.column('x') != 'a')",
        "op.create_foreign_key('fk', 't', 'a', ['id'], ['id'], ondelete='CASCADE')",
        "op.create_index('ix', 't', [sa.text('lower(x)'), 'a_id'])",
        "op.alter_column('t', 'x', new_column_name='y', type_=sa.String(12),",
        "                server_default='z', comment='c', nullable=False)",
        "op.create_table_comment('t', 'one')",
        "op.rename_table('a', 'b')",
        "op.execute('SELECT 1')",
    )
    table = state.tables["t"]

    assert sorted(state.tables) == ["b", "t"]
    assert table.primary_columns == ("id",)
    assert {f.target for f in table.foreign_keys} == {"b"}
    assert table.constraints["uq"].columns == ("a_id", "y")
    assert table.constraints["ck"].text == "y != 'a'"
    assert [part.text for part in table.indexes["ix"].parts] == ["lower(y)", "a_id"]
    assert table.columns["y"].kind.text == "sa.String(length=12)"
    assert (table.columns["y"].default.text, table.columns["y"].nullable) == (
        "z",
        False,
    )
    assert (table.columns["y"].comment, table.comment) == ("c", "one")


def test_what_is_dropped_is_gone(tmp_path, write):
    state = _state(
        tmp_path / "m",
        write,
        "op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))",
        "op.create_table('t', sa.Column('id', sa.Integer),",
        "  sa.Column('x', sa.Integer), sa.UniqueConstraint('x', name='u'),",
        "  sa.PrimaryKeyConstraint('id', name='pk'),",
        "  sa.ForeignKeyConstraint(['x'], ['a.id'], name='f'), comment='c')",
        "op.create_index('ix', 't', ['x'])",
        "op.create_index('iy', 't', ['id'])",
        "op.drop_index('iy')",
        "op.drop_index('none')",
        "op.drop_table_comment('t')",
        "op.drop_constraint('pk', 't')",
        "op.drop_table('a')",
        "op.drop_column('t', 'x')",
    )

    assert describe(sa.MetaData()).tables == {}
    assert list(state.tables) == ["t"]
    table = state.tables["t"]
    assert (table.primary, table.constraints, table.indexes) == (None, {}, {})
    assert table.comment is None


@pytest.mark.parametrize("word", ["it's :a; 50%", "a::b", ":ok:", "12:30"])
def test_rows_are_filled_with_the_very_text_whatever_stands_behind_a_colon(shop, word):
    def build(default):
        nullable = default is None
        column = sa.Column(
            "c", sa.String(40), nullable=nullable, server_default=default
        )
        return lambda metadata: sa.Table(
            "t", metadata, sa.Column("id", sa.Integer, primary_key=True), column
        )

    shop.want(build(None))
    commands.make(shop.config)
    commands.migrate(shop.config)
    shop.execute("INSERT INTO t (id) VALUES (1)")
    shop.want(build(word))
    commands.make(shop.config)
    commands.migrate(shop.config)

    assert shop.rows("SELECT c FROM t") == [(word,)]
