"""A row of the feature table says yes only when a test proves it."""

import features
import pytest


def test_the_matrix_has_its_219_rows():
    ids = [row.id for row in features.rows()]

    assert ids == [f"M-{number:03d}" for number in range(1, 220)]


def test_marks_name_rows_of_the_matrix():
    known = {row.id for row in features.rows()}

    assert {
        row: tests for row, tests in features.proofs().items() if row not in known
    } == {}


def test_the_table_is_what_the_marks_say():
    written = features.PAGE.read_text(encoding="utf-8")

    assert written == features.page(features.proofs()), "run: python3 dev.py features"


def test_no_test_proves_what_is_answered_no_on_purpose():
    assert features.ON_PURPOSE & features.proofs().keys() == set()


@pytest.mark.parametrize(
    ("proved", "answer"),
    [
        ({}, "| M-018 | Explain a match or a miss | not yet |"),
        (
            {"M-018": [features.Proof("tests/test_x.py", "test_y")]},
            "a match or a miss | **yes** [1](../tests/test_x.py 'test_y') | yes*",
        ),
    ],
)
def test_a_row_says_yes_with_a_link_to_its_proof(proved, answer):
    assert answer in features.page(proved)


def test_marks_are_found_on_functions_classes_and_files(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "ROOT", tmp_path)
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.feature('M-001')]\n"
        "@pytest.mark.feature('M-002', 'M-003')\n"
        "async def test_one(): ...\n"
        "@pytest.mark.feature('M-004')\n"
        "class TestSome:\n"
        "    def test_two(self): ...\n"
        "def not_a_test(): ...\n"
    )
    one = features.Proof("test_some.py", "test_one")
    two = features.Proof("test_some.py", "TestSome::test_two")

    assert features.proofs(tmp_path) == {
        "M-001": {one, two},
        "M-002": {one},
        "M-003": {one},
        "M-004": {two},
    }
