"""The folder of revisions."""

import pytest

from segue.migrations import commands
from segue.migrations.revisions import History


def test_a_folder_that_is_not_there_is_an_empty_one(tmp_path):
    history = History(tmp_path / "none")

    assert (history.heads, history.revisions) == ((), [])


def test_a_database_ahead_of_the_folder_is_told(small, write, refused):
    write(small.folder, "0001", None, "pass")
    path = write(small.folder, "0002", "0001", "pass")
    commands.migrate(small.config)
    path.unlink()

    assert refused(lambda: commands.migrate(small.config)) == "SG-MIG-021"
    commands.migrate(small.config, "0001", fake=True)
    assert commands.migrate(small.config) == "Nothing to do."


@pytest.mark.parametrize(
    ("after", "line"), [("0000", "pass"), (None, "this is no Python")]
)
def test_a_folder_that_cannot_be_read_is_told(small, write, refused, after, line):
    write(small.folder, "0001", after, line)

    assert refused(lambda: History(small.folder)) == "SG-MIG-022"


def test_two_files_with_one_id_are_refused(small, write, refused):
    path = write(small.folder, "0001", None, "pass")
    (small.folder / "again.py").write_text(path.read_text())

    assert refused(lambda: History(small.folder)) == "SG-MIG-022"


def test_the_next_id_counts_on_and_fits_the_column(small, write):
    write(small.folder, "0041_x", None, "pass")
    write(small.folder, "other", "0041_x", "pass")
    made = History(small.folder).next_id("A very long name for what a table becomes")

    assert made == "0042_a_very_long_name_for_what_a"
    assert len(made) <= 32
