"""Tables for a terminal."""

from segue.cli.table import table


def test_columns_are_aligned_without_spaces_at_the_end():
    assert (
        table(["A", "B"], [["long", "x"], ["s", "yy"]]) == "A     B\nlong  x\ns     yy"
    )


def test_an_empty_column_is_left_out():
    assert table(["A", "B", "C"], [["1", "", "3"]]) == "A  C\n1  3"
