"""Files are written once."""

import pytest

from segue.migrations import commands
from segue.migrations.making import Written


def test_a_file_is_never_written_over(tmp_path, refused):
    path = tmp_path / "m" / "0001.py"
    Written(path, "one").save()

    assert refused(lambda: Written(path, "two").save()) == "SG-MIG-026"
    assert path.read_text() == "one"


@pytest.mark.feature("M-102")
def test_the_file_is_an_ordinary_one_of_alembic(small, books):
    small.want(books)
    commands.make(small.config, name="first")
    text = (small.folder / "0001_first.py").read_text()

    assert text.startswith(
        '"""First"""\n\nimport sqlalchemy as sa\nfrom alembic import op'
    )
    assert "segue" not in text
    assert 'op.create_index(op.f("ix_book_title"), "book", ["title"])' in text
    assert text.endswith('    op.drop_table("book")\n    op.drop_table("authors")\n')
    compile(text, "0001_first.py", "exec")
