"""The pages of error codes."""

import re

import pytest

from segue.cli.help import find_page, known_codes
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-191")


@pytest.mark.parametrize(
    "code", ["SG-CLI-001", "sg-cli-001", "CLI-1", "cli1", " CLI001 "]
)
def test_the_page_of_a_code_is_printed(segue, code):
    result = segue("help", code)

    assert result.exit_code == 0
    assert result.output.startswith("# SG-CLI-001: ")


def test_without_a_code_every_code_is_listed(segue):
    lines = segue("help").output.splitlines()

    assert len(lines) == len(known_codes())
    assert all(re.match(r"SG-[A-Z]+-\d{3}  \S", line) for line in lines)


@pytest.mark.parametrize("code", ["SG-CLI-999", "nonsense", "../../README", ""])
def test_an_unknown_code_is_refused(segue, code):
    result = segue("help", code)

    assert result.exit_code == 1
    assert result.output.startswith("SG-CLI-012")


def test_an_unknown_code_is_refused_with_the_nearest_one():
    with pytest.raises(CommandError, match="Did you mean 'SG-CLI-"):
        find_page("SG-CLU-001")
