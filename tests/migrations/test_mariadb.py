"""MariaDB cannot take back half a revision: the journal goes on with it."""

import pytest
import sqlalchemy as sa

from segue.migrations import commands
from segue.migrations.mariadb import Journal

pytestmark = pytest.mark.service("mariadb")
TABLE = "op.create_table('t', sa.Column('id', sa.Integer), sa.Column('x', sa.Integer))"
STEPS = (
    "op.add_column('t', sa.Column('y', sa.Integer))\n"
    "op.create_unique_constraint('uq_t_x', 't', ['x'])\n"
    "op.create_index('ix_t_y', 't', ['y'])"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    from tests.migrations.conftest import Server

    server = Server("mariadb", tmp_path_factory.mktemp("databases"))
    yield server
    server.close()


@pytest.fixture
def half(shop, write):
    """A revision that failed at its second step."""
    write(shop.folder, "0001", None, TABLE)
    commands.migrate(shop.config)
    shop.execute("INSERT INTO t (id, x) VALUES (1, 5), (2, 5)")
    shop.path = write(shop.folder, "0002", "0001", STEPS)
    with pytest.raises(Exception, match="0002 failed") as caught:
        commands.migrate(shop.config)
    shop.error = caught.value
    return shop


def test_a_failure_says_what_is_done_and_what_to_do(half):
    assert half.error.problem.code == "SG-MIG-030"
    assert "done: ALTER TABLE t ADD COLUMN y INTEGER" in half.error.problem.why
    assert "NOT done: ALTER TABLE t ADD CONSTRAINT uq_t_x" in half.error.problem.why
    assert "run the same command again" in half.error.problem.fix


def test_the_same_command_goes_on_where_it_stopped(half):
    half.execute("UPDATE t SET x = 6 WHERE id = 2")

    assert commands.migrate(half.config) == "applied 0002"
    assert commands.drift(half.config)
    assert "segue_migration_journal" not in sa.inspect(half.engine).get_table_names()


def test_nothing_else_can_be_run_before(half, write, refused):
    assert refused(lambda: commands.undo(half.config)) == "SG-MIG-032"
    assert refused(lambda: commands.migrate(half.config, "0001")) == "SG-MIG-032"


def test_what_is_done_cannot_be_changed_in_the_file(half, write, refused):
    write(half.folder, "0002", "0001", STEPS.replace("'y'", "'z'"))

    assert refused(lambda: commands.migrate(half.config)) == "SG-MIG-033"


def test_what_is_not_done_can_be_changed_in_the_file(half, write):
    lines = STEPS.splitlines()
    half.execute("UPDATE segue_migration_journal SET number = number")
    write(half.folder, "0002", "0001", "\n".join([lines[0], lines[1]]))
    half.execute("DELETE FROM t")

    assert commands.migrate(half.config) == "applied 0002"


def test_a_statement_that_was_done_when_the_run_was_killed_is_not_done_twice(half):
    half.execute("DELETE FROM t", "ALTER TABLE t ADD CONSTRAINT uq_t_x UNIQUE (x)")

    assert commands.migrate(half.config) == "applied 0002"


def test_a_journal_of_another_connection_is_read(half):
    with half.engine.connect() as connection:
        journal = Journal(connection)
        journal.read()

        assert journal.begun == ("0002", "upgrade")
        assert [done for _, done in journal.found.values()] == [True, False]


def test_indexes_on_expressions_are_left_out(shop, write):
    write(
        shop.folder,
        "0001",
        None,
        TABLE + "\nop.create_index('ix', 't', [sa.text('(x + 1)')])\n"
        "op.drop_index('ix', 't')\n"
        "op.create_index('ix', 't', [sa.text('(x + 1)')])",
    )

    commands.migrate(shop.config)
    assert commands.drift(shop.config)
    assert sa.inspect(shop.engine).get_indexes("t") == []
