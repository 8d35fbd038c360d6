import asyncio
import contextlib
import io
import unicodedata

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import BadRequest, ContentTooLarge, SegueError
from segue.core.http.forms import (
    FormData,
    Upload,
    field_too_large,
    parse_form,
    safe_filename,
)
from segue.core.http.limits import Limits
from segue.core.http.urls import build_query

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.feature("M-033")
def test_a_form_gives_its_fields_by_name():
    form = parse_form(b"name=Ada+L.&tag=a&tag=b%26c&empty=&bare", Limits())

    assert form["name"] == "Ada L."
    assert form["tag"] == "b&c"
    assert form.get_all("tag") == ["a", "b&c"]
    assert form.get("empty") == form.text("bare") == ""
    assert form.get("missing") is None
    assert form.get("missing", "x") == form.text("missing", "x") == "x"
    assert form.get_all("missing") == []
    assert list(form) == list(form.keys()) == ["name", "tag", "empty", "bare"]
    assert len(form) == 4
    assert "tag" in form
    assert "missing" not in form


def test_a_field_that_was_not_sent_is_a_bad_request():
    with pytest.raises(BadRequest, match="no field 'name'"):
        parse_form(b"", Limits())["name"]


def test_fields_keep_the_order_of_the_form():
    form = parse_form(b"b=1&a=2&b=3", Limits())

    assert form.items() == form.texts == [("b", "1"), ("a", "2"), ("b", "3")]


def test_a_semicolon_separates_nothing():
    assert parse_form(b"a=1;b=2", Limits()).items() == [("a", "1;b=2")]


@pytest.mark.parametrize("body", [b"a=%", b"a=%zz", b"a=%ff", b"a=\xff", b"a=%00"])
def test_a_malformed_form_is_a_bad_request(body):
    with pytest.raises(BadRequest, match="form"):
        parse_form(body, Limits())


@given(st.lists(st.tuples(TEXT.filter(bool), TEXT)))
def test_what_is_built_is_read_again(pairs):
    assert parse_form(build_query(pairs).encode(), Limits()).items() == pairs


@given(st.binary())
def test_no_form_is_too_strange_for_an_answer(body):
    with contextlib.suppress(BadRequest):
        assert "\0" not in "".join(v for _, v in parse_form(body, Limits()).texts)


@pytest.mark.feature("M-038")
def test_too_many_fields_are_too_large():
    limits = Limits(fields=3)

    assert len(parse_form(b"a=1&b=2&c=3", limits)) == 3
    with pytest.raises(ContentTooLarge, match="3 fields"):
        parse_form(b"a=1&b=2&c=3&d=4", limits)


def test_no_fields_at_all_may_be_wanted():
    assert parse_form(b"", Limits(fields=0)).items() == []
    with pytest.raises(ContentTooLarge):
        parse_form(b"a", Limits(fields=0))


@pytest.mark.feature("M-038")
def test_a_field_that_is_too_long_is_too_large():
    limits = Limits(field_size=4)

    assert len(parse_form(b"a=12&b=34", limits)) == 2
    with pytest.raises(ContentTooLarge, match="4 bytes"):
        parse_form(b"a=12&b=345", limits)


def test_the_answer_to_a_long_field_names_the_limit():
    assert "limit of 7 bytes" in str(field_too_large(Limits(field_size=7)).detail)


@pytest.mark.feature("M-033")
def test_files_and_texts_of_one_name_are_told_apart():
    first, second = Upload("a.txt", b"1"), Upload("b.txt", b"2")
    form = FormData([("x", "text"), ("x", first), ("x", second), ("y", "other")])

    assert form["x"] is form.file("x") is second
    assert form.text("x") == "text"
    assert form.get_all("x") == ["text", first, second]
    assert form.files == [("x", first), ("x", second)]
    assert form.texts == [("x", "text"), ("y", "other")]
    assert form.file("y") is None


def test_forms_are_equal_by_what_is_in_them():
    pairs = [("a", "1"), ("a", "2")]

    assert FormData(pairs) == FormData(pairs)
    assert hash(FormData(pairs)) == hash(FormData(pairs))
    assert FormData(pairs) != FormData(pairs[::-1])
    assert FormData() != []


def test_a_form_does_not_show_its_values():
    assert repr(FormData([("password", "s3cret")])) == "<FormData 'password'>"


def test_a_closed_form_has_closed_files():
    upload = Upload("a.txt", b"1")

    FormData([("a", "text"), ("x", upload)]).close()

    assert upload.file.closed


def test_an_upload_is_read_from_its_beginning_as_often_as_wanted():
    upload = Upload("a.txt", b"content", content_type="text/plain")
    upload.file.read(3)

    assert upload.read() == upload.read() == b"content"
    assert asyncio.run(upload.aread()) == b"content"
    assert upload.size == 7
    assert repr(upload) == "<Upload 'a.txt' 'text/plain' 7 bytes>"
    assert len(upload.headers) == 0


@pytest.mark.feature("M-084")
def test_an_upload_moves_to_disk_with_its_content():
    upload = Upload("a.txt", b"in memory, ")
    upload.file.seek(0, io.SEEK_END)
    memory = upload.file
    upload.move_to_disk()
    upload.write(b"on disk")

    assert memory.closed
    assert not upload.in_memory
    assert upload.read() == b"in memory, on disk"
    assert asyncio.run(upload.aread()) == b"in memory, on disk"
    assert upload.size == 18
    upload.close()


@pytest.mark.feature("M-033")
@pytest.mark.feature("M-084")
def test_an_upload_is_saved_under_a_name_or_in_a_folder(tmp_path):
    upload = Upload("../../a.txt", b"x" * 200_000)

    assert upload.save(tmp_path) == str(tmp_path / "a.txt")
    assert asyncio.run(upload.asave(tmp_path / "b.txt")) == str(tmp_path / "b.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"x" * 200_000
    assert (tmp_path / "b.txt").read_bytes() == b"x" * 200_000


def test_a_file_that_is_there_is_overwritten_only_when_said(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    upload = Upload("a.txt", b"new")

    with pytest.raises(FileExistsError):
        upload.save(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "old"
    upload.save(tmp_path, replace=True)
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.parametrize("use", [Upload.read, lambda u: u.save("x")])
def test_an_upload_does_not_outlive_its_request(use):
    upload = Upload("a.txt", b"1")
    upload.close()

    with pytest.raises(SegueError, match="SG-HTTP-036") as caught:
        use(upload)

    assert "'a.txt'" in caught.value.problem.what


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("cv.pdf", "cv.pdf"),
        ("Lebenslauf für Ada.pdf", "Lebenslauf für Ada.pdf"),
        ("履歴書.pdf", "履歴書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\ada\\cv.pdf", "cv.pdf"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a/b\\c/d.txt", "d.txt"),
        ("folder/", "file"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("...", "file"),
        (" . ", "file"),
        ("/", "file"),
        ("\0", "file"),
        (".htaccess", "htaccess"),
        ("cv.pdf.", "cv.pdf"),
        ("cv.pdf ", "cv.pdf"),
        ("cv.php\0.pdf", "cv.php.pdf"),
        ("a\r\nb\x1b[31m\x7f.txt", "ab[31m.txt"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("a\u200bb.txt", "ab.txt"),
        ("\ud800.txt", "txt"),
        ("C:autoexec.bat", "C_autoexec.bat"),
        ("a.txt:stream", "a.txt_stream"),
        ('<a>"b"|c?*.txt', "_a__b__c__.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt¹", "_lpt¹"),
        ("con .txt", "_con .txt"),
        ("console.txt", "console.txt"),
        ("%2e%2e%2fx", "%2e%2e%2fx"),
    ],
)
def test_a_file_name_is_made_safe(raw, safe):
    upload = Upload(raw)

    assert upload.filename == safe_filename(raw) == safe
    assert upload.raw_filename == raw


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        ("a" * 300 + ".tar.gz", "a.gz"),
        ("ü" * 300 + ".pdf", "ü.pdf"),
        ("a." + "b" * 300, "bb"),
        ("a" * 300, "aa"),
        ("a" * 250 + "." * 10 + "txt", "a.txt"),
    ],
)
def test_a_long_file_name_is_cut_and_keeps_its_ending(raw, end):
    name = safe_filename(raw)

    assert len(name.encode()) < 255
    assert name.endswith(end)


@given(st.text(max_size=400) | st.text(alphabet="./\\: \0aCON1", max_size=20))
def test_every_name_is_one_that_every_system_takes(raw):
    name = safe_filename(raw)

    assert 0 < len(name.encode()) <= 255
    assert not set(name) & set('/\\\0<>:"|?*')
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert not any(unicodedata.category(char) in {"Cc", "Cf"} for char in name)
    assert safe_filename(name) == name
