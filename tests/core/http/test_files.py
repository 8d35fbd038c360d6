"""Files: inside their folder, in ranges, and honest about their length."""

import errno
import os
import re
import resource
from email.message import Message
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from segue.core.errors import NotFound, WalkError
from segue.core.http import files
from segue.core.http.conditional import ETag
from segue.core.http.files import (
    CHUNK_SIZE,
    File,
    FileTruncatedError,
    content_disposition,
    file_media_type,
    safe_path,
)
from segue.core.http.headers import Headers, HTTPValueError
from segue.core.http.limits import Limits

DATA = bytes(range(256)) * 4


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_bytes(DATA)
    (folder / "sub" / "b.html").write_text("<p>")
    (folder / "empty.txt").touch()
    (tmp_path / "secret.txt").write_text("secret")
    os.utime(folder / "a.txt", (1_700_000_000, 1_700_000_000))
    return folder


def asked(method="GET", *, ranges=100, **fields):
    pairs = [(name.replace("_", "-"), value) for name, value in fields.items()]
    return SimpleNamespace(
        method=method, headers=Headers(pairs), limits=Limits(ranges=ranges)
    )


def sent(file, method="GET", **fields):
    """Prepare, finish and read a file as a protocol does."""
    file.prepare(asked(method, **fields))
    file.finish(method)
    body = b"".join(file)
    file.close()
    length = file.headers.get("content-length")
    assert length is None or method == "HEAD" or int(length) == len(body)
    return body


class TestPaths:
    @pytest.mark.parametrize("path", ["a.txt", "sub/b.html", "empty.txt"])
    def test_a_file_below_the_root_is_found(self, root, path):
        assert safe_path(root, path) == os.path.realpath(root / path)
        assert File(root, path).path == os.path.realpath(root / path)

    @pytest.mark.parametrize(
        "path",
        [
            "",
            ".",
            "..",
            "../secret.txt",
            "sub/../../secret.txt",
            "sub/../a.txt",
            "./a.txt",
            "/a.txt",
            "/etc/passwd",
            "//etc/passwd",
            "a.txt/",
            "sub//b.html",
            "sub",
            "sub/",
            "missing.txt",
            "a.txt/b",
            "a.txt\0",
            "\0",
            "a\ud800",
            "x" * 5000,
            "..\\secret.txt",
        ],
    )
    def test_nothing_else_is(self, root, path):
        with pytest.raises(NotFound):
            File(root, path)

    @pytest.mark.parametrize(
        "name",
        [
            "con",
            "NUL",
            "aux.txt",
            "COM1",
            "lpt9.log",
            "com¹",
            "nul ",
            "CONIN$",
            "con:x",
        ],
    )
    def test_names_of_windows_devices_are_no_files_anywhere(self, root, name):
        (root / name).write_text("x")

        with pytest.raises(NotFound):
            File(root, name)

    @pytest.mark.parametrize("name", ["console", "com", "com10", "null.txt", "lpt"])
    def test_names_near_them_are(self, root, name):
        (root / name).write_text("x")

        assert sent(File(root, name)) == b"x"

    @pytest.mark.parametrize(
        "name", ["a.txt.", "a.txt ", "a.txt::$DATA", "C:x", "sub\\b.html"]
    )
    def test_what_only_windows_reads_differently_is_refused_there(self, root, name):
        with pytest.raises(NotFound):
            safe_path(root, name, windows=True)

        assert safe_path(root, name, windows=False).endswith(name)

    def test_a_link_that_leads_outside_is_no_file(self, root):
        (root / "out.txt").symlink_to(root.parent / "secret.txt")
        (root / "up").symlink_to(root.parent)

        for path in ("out.txt", "up/secret.txt"):
            with pytest.raises(NotFound):
                File(root, path)

    def test_a_link_that_stays_inside_is_followed(self, root):
        (root / "in.txt").symlink_to(root / "sub" / "b.html")

        assert sent(File(root, "in.txt")) == b"<p>"

    def test_links_in_a_circle_are_no_file(self, root):
        (root / "one").symlink_to(root / "two")
        (root / "two").symlink_to(root / "one")

        with pytest.raises(NotFound):
            File(root, "one")

    def test_the_root_may_be_a_link(self, root):
        link = root.parent / "link"
        link.symlink_to(root)

        assert sent(File(link, "a.txt")) == DATA

    def test_a_folder_with_the_same_beginning_is_outside(self, root):
        sibling = root.parent / "data-private"
        sibling.mkdir()
        (sibling / "x.txt").write_text("x")
        (root / "link").symlink_to(sibling)

        with pytest.raises(NotFound):
            File(root, "link/x.txt")

    def test_a_pipe_is_no_file(self, root):
        os.mkfifo(root / "pipe")

        with pytest.raises(NotFound):
            File(root, "pipe")

    def test_without_a_path_the_root_is_the_file(self, root):
        assert sent(File(root / "a.txt")) == DATA
        for missing in (root / "missing", root, "a\0"):
            with pytest.raises(NotFound):
                File(missing)

    def test_a_file_that_became_a_folder_is_not_found(self, root):
        file = File(root, "empty.txt")
        (root / "empty.txt").unlink()
        os.mkfifo(root / "empty.txt")
        writer = os.open(root / "empty.txt", os.O_RDWR)

        with pytest.raises(NotFound):
            file.prepare(asked())

        os.close(writer)
        assert file.handle is None

    def test_a_file_that_is_gone_when_it_is_opened_is_not_found(self, root):
        file = File(root, "a.txt")
        (root / "a.txt").unlink()

        with pytest.raises(NotFound):
            file.prepare(asked())

    def test_a_machine_in_trouble_is_no_missing_file(self, root):
        file = File(root, "a.txt")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))

        try:
            with pytest.raises(OSError) as caught:
                file.prepare(asked())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

        assert caught.value.errno == errno.EMFILE

    @given(st.text(max_size=30))
    def test_no_path_leaves_the_root(self, path):
        try:
            found = safe_path("data", path)
        except NotFound:
            return
        assert found.startswith(os.path.realpath("data") + os.sep)


@pytest.mark.feature("M-047")
class TestWholeFiles:
    def test_a_file_names_its_state(self, root):
        file = File(root, "a.txt")

        assert file.conditional
        assert file.kind == "file"
        assert sent(file) == DATA
        assert file.status == 200
        assert file.headers.pairs() == [
            ("content-type", "text/plain; charset=utf-8"),
            ("x-content-type-options", "nosniff"),
            ("etag", str(file.etag)),
            ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
            ("accept-ranges", "bytes"),
            ("content-length", str(len(DATA))),
        ]
        assert not file.etag.weak

    def test_its_tag_changes_with_size_and_date(self, root):
        tags = set()
        for size, moment in ((3, 1), (3, 2), (4, 2)):
            (root / "a.txt").write_bytes(b"x" * size)
            os.utime(root / "a.txt", (moment, moment))
            file = File(root, "a.txt")
            sent(file)
            tags.add(file.etag)

        assert len(tags) == 3

    def test_head_has_the_headers_and_no_body(self, root):
        get, head = File(root, "a.txt"), File(root, "a.txt")

        assert sent(get) == DATA
        assert sent(head, "HEAD") == b""
        assert head.headers == get.headers
        assert head.handle is None
        assert head.file_parts == []

    def test_an_empty_file_is_sent(self, root):
        for fields in ({}, {"range": "bytes=0-"}, {"range": "bytes=-5"}):
            file = File(root, "empty.txt")
            assert sent(file, **fields) == b""
            assert file.status == 200
            assert file.headers["content-length"] == "0"

    def test_a_post_may_be_answered_by_a_file(self, root):
        file = File(root, "a.txt")

        body = sent(file, "POST", range="bytes=0-1", if_none_match="*")

        assert (file.status, body) == (200, DATA)

    def test_a_page_of_another_status_is_always_whole(self, root):
        file = File(root, "a.txt", status=404)

        body = sent(file, range="bytes=0-1", if_none_match="*")

        assert (file.status, body) == (404, DATA)

    def test_a_file_turned_into_no_content_is_not_sent(self, root):
        file = File(root, "a.txt")
        file.prepare(asked())
        file.status = 204

        file.finish("GET")

        assert list(file) == []
        assert file.handle is None
        assert "content-length" not in file.headers

    def test_preparing_twice_changes_nothing(self, root):
        file = File(root, "a.txt")
        file.prepare(asked(range="bytes=0-1"))
        handle = file.handle

        file.prepare(asked())
        file.finish("GET")

        assert file.handle is handle
        assert b"".join(file) == DATA[:2]
        file.close()
        file.close()

    def test_one_that_was_not_prepared_is_not_sent(self, root):
        with pytest.raises(WalkError, match="SG-HTTP-014"):
            File(root, "a.txt").finish("GET")

    def test_what_the_handler_says_counts(self, root):
        file = File(
            root,
            "a.txt",
            media_type="text/x-log",
            headers={"ETag": '"own"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"},
            max_age=60,
        )

        sent(file)

        assert file.etag == ETag("own")
        assert file.headers["last-modified"].startswith("Mon, 01 Jan 2024")
        assert file.media_type == "text/x-log"
        assert file.headers["cache-control"] == "max-age=60"
        with pytest.raises(HTTPValueError):
            File(root, "a.txt", media_type="a/b\r\nc: d")


@pytest.mark.feature("M-049")
class TestConditions:
    def test_a_client_that_has_the_file_gets_304(self, root):
        first = File(root, "a.txt", download=True)
        sent(first)

        again = File(root, "a.txt", download=True, max_age=60)
        body = sent(again, if_none_match=f'"x", W/{first.etag}')

        assert (again.status, body) == (304, b"")
        assert again.handle is None
        assert again.headers.pairs() == [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "max-age=60"),
            ("etag", str(first.etag)),
            ("last-modified", first.headers["last-modified"]),
            ("accept-ranges", "bytes"),
        ]

    def test_the_date_counts_where_there_is_no_tag(self, root):
        file = File(root, "a.txt")

        sent(file, if_modified_since="Tue, 14 Nov 2023 22:13:20 GMT")

        assert file.status == 304

    def test_a_304_goes_before_the_range(self, root):
        file = File(root, "a.txt")

        sent(file, if_none_match="*", range="bytes=0-1")

        assert file.status == 304

    def test_a_condition_that_does_not_hold_is_412(self, root):
        file = File(root, "a.txt")

        body = sent(file, if_match='"other"')

        assert (file.status, body) == (412, b"")
        assert file.headers["content-length"] == "0"
        assert "content-type" not in file.headers


@pytest.mark.feature("M-047")
class TestRanges:
    @pytest.mark.parametrize(
        ("header", "start", "stop"),
        [
            ("bytes=0-99", 0, 100),
            ("bytes=1000-", 1000, 1024),
            ("bytes=-10", 1014, 1024),
            ("bytes=0-99999", 0, 1024),
            ("bytes=5-9,0-6", 0, 10),
            ("bytes=0-9,5000-", 0, 10),
        ],
    )
    def test_one_range_is_a_part_of_the_file(self, root, header, start, stop):
        file = File(root, "a.txt")

        body = sent(file, range=header)

        assert (file.status, body) == (206, DATA[start:stop])
        assert file.headers["content-range"] == f"bytes {start}-{stop - 1}/1024"
        assert file.media_type == "text/plain; charset=utf-8"
        assert file.file_parts == [(start, stop - start)]

    def test_several_ranges_are_a_multipart_body(self, root):
        file = File(root, "a.txt")

        body = sent(file, range="bytes=0-1,100-109,-1")

        assert file.status == 206
        assert "content-range" not in file.headers
        assert _byteranges(file.media_type, body) == [
            ("bytes 0-1/1024", DATA[:2]),
            ("bytes 100-109/1024", DATA[100:110]),
            ("bytes 1023-1023/1024", DATA[-1:]),
        ]
        assert body.count(b"content-type: text/plain; charset=utf-8\r\n") == 3

    def test_a_multipart_body_of_a_file_without_type(self, root):
        file = File(root, "a.txt")
        del file.headers["content-type"]

        body = sent(file, range="bytes=0-1,100-109")

        assert b"content-type: application/octet-stream\r\n" in body

    @pytest.mark.parametrize("header", ["bytes=1024-", "bytes=-0", "bytes=9999-10000"])
    def test_a_range_outside_is_416(self, root, header):
        file = File(root, "a.txt")

        body = sent(file, range=header)

        assert (file.status, body) == (416, b"")
        assert file.headers["content-range"] == "bytes */1024"
        assert file.headers["content-length"] == "0"
        assert "content-type" not in file.headers
        assert file.handle is None

    def test_more_ranges_than_the_limit_are_416(self, root):
        file = File(root, "a.txt")

        file.prepare(asked(ranges=2, range="bytes=0-0,2-2,4-4"))

        assert file.status == 416

    @pytest.mark.parametrize("header", ["", "bytes=2-1", "lines=1-2", "bytes=x"])
    def test_a_malformed_range_is_ignored(self, root, header):
        file = File(root, "a.txt")

        assert sent(file, range=header) == DATA
        assert file.status == 200

    def test_head_knows_no_ranges(self, root):
        file = File(root, "a.txt")

        sent(file, "HEAD", range="bytes=0-1")

        assert file.status == 200
        assert file.headers["content-length"] == "1024"

    def test_a_range_of_a_state_that_is_gone_is_ignored(self, root):
        first = File(root, "a.txt")
        sent(first)
        same = {"range": "bytes=0-1", "if_range": str(first.etag)}
        date = {"range": "bytes=0-1", "if_range": first.headers["last-modified"]}
        weak = {"range": "bytes=0-1", "if_range": f"W/{first.etag}"}
        other = {"range": "bytes=0-1", "if_range": '"other"'}

        statuses = []
        for fields in (same, date, weak, other):
            file = File(root, "a.txt")
            sent(file, **fields)
            statuses.append(file.status)

        assert statuses == [206, 206, 200, 200]

    @given(header=st.text("0123456789-, ", max_size=25))
    def test_whatever_is_asked_for_the_length_is_true(self, header, tmp_path_factory):
        path = tmp_path_factory.getbasetemp() / "ranged.bin"
        path.write_bytes(DATA)
        file = File(path)

        body = sent(file, range=f"bytes={header}")

        assert file.status in {200, 206, 416}
        assert len(body) == file.length


class TestChanges:
    def test_large_files_are_read_in_pieces(self, root):
        (root / "large").write_bytes(b"x" * (CHUNK_SIZE * 2 + 1))
        file = File(root, "large")
        file.prepare(asked())

        assert [len(piece) for piece in file] == [CHUNK_SIZE, CHUNK_SIZE, 1]
        file.close()

    def test_a_file_that_is_removed_is_still_sent(self, root):
        file = File(root, "a.txt")
        file.prepare(asked())
        (root / "a.txt").unlink()

        assert b"".join(file) == DATA
        file.close()

    def test_a_file_that_is_replaced_is_sent_as_it_was(self, root):
        file = File(root, "a.txt")
        file.prepare(asked())
        (root / "new").write_bytes(b"new")
        (root / "new").replace(root / "a.txt")

        assert b"".join(file) == DATA
        file.close()

    def test_a_file_that_grows_is_sent_to_its_promised_length(self, root):
        file = File(root, "a.txt")
        file.prepare(asked())
        with (root / "a.txt").open("ab") as more:
            more.write(b"more")

        assert b"".join(file) == DATA
        file.close()

    def test_a_file_that_is_cut_short_breaks_the_answer_off(self, root):
        (root / "large").write_bytes(b"x" * (CHUNK_SIZE * 2))
        file = File(root, "large")
        file.prepare(asked())
        pieces = iter(file)
        first = next(pieces)
        os.truncate(root / "large", CHUNK_SIZE + 10)

        assert len(first) == CHUNK_SIZE
        assert len(next(pieces)) == 10
        with pytest.raises(FileTruncatedError, match="lacks its last 65526 bytes"):
            next(pieces)
        file.close()

    def test_the_length_is_that_of_the_opened_file(self, root):
        file = File(root, "a.txt")
        (root / "a.txt").write_bytes(b"shorter")

        assert sent(file) == b"shorter"
        assert file.headers["content-length"] == "7"

    def test_a_closed_file_has_nothing_to_send(self, root):
        file = File(root, "a.txt")
        file.prepare(asked())

        file.close()

        assert list(file) == []


class TestNames:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("plan.pdf", 'attachment; filename="plan.pdf"'),
            ("my plan.pdf", 'attachment; filename="my plan.pdf"'),
            (
                'a"b.txt',
                'attachment; filename="a\\"b.txt"; filename*=UTF-8\'\'a%22b.txt',
            ),
            (
                "año.txt",
                "attachment; filename=\"a_o.txt\"; filename*=UTF-8''a%C3%B1o.txt",
            ),
            (
                "a%20b",
                "attachment; filename=\"a%20b\"; filename*=UTF-8''a%2520b",
            ),
            ("../a\\b/c", 'attachment; filename=".._a_b_c"'),
            (
                "a\r\nSet-Cookie: b",
                (
                    'attachment; filename="a__Set-Cookie: b"; '
                    "filename*=UTF-8''a__Set-Cookie%3A%20b"
                ),
            ),
            ("a;b", "attachment; filename=\"a;b\"; filename*=UTF-8''a%3Bb"),
            ("\udcff", "attachment; filename=\"?\"; filename*=UTF-8''%3F"),
        ],
    )
    def test_a_name_is_written_for_old_and_new_browsers(self, name, value):
        assert content_disposition(name) == value

    @given(st.text())
    def test_every_name_can_be_sent_and_read(self, name):
        header = content_disposition(name, "inline")
        message = Message()
        message["content-disposition"] = header

        assert header.isascii()
        assert header.isprintable()
        assert message.get_content_disposition() == "inline"

    def test_a_file_is_saved_under_its_own_or_another_name(self, root):
        own = File(root, "sub/b.html", download=True)
        other = File(root, "sub/b.html", download="straße.html")
        none = File(root, "sub/b.html")

        assert own.headers["content-disposition"] == 'attachment; filename="b.html"'
        assert "stra%C3%9Fe.html" in other.headers["content-disposition"]
        assert "content-disposition" not in none.headers

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.JSON", "application/json"),
            ("a.tar.gz", "application/gzip"),
            ("a.rtx", "text/richtext; charset=utf-8"),
            ("a.doc", "application/msword"),
            ("a", "application/octet-stream"),
            (".txt", "application/octet-stream"),
            ("a.", "application/octet-stream"),
        ],
    )
    def test_a_type_is_told_by_the_name(self, name, kind):
        assert file_media_type(name) == kind

    def test_every_type_of_the_table_can_be_sent(self):
        assert all(
            re.fullmatch(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?", kind)
            for kind in files._TYPES.values()
        )


def _byteranges(media_type, body):
    boundary = media_type.partition("boundary=")[2].encode()
    first, *parts, last = body.split(b"\r\n--" + boundary)
    assert first == b""
    assert last == b"--\r\n"
    found = []
    for part in parts:
        head, _, data = part.partition(b"\r\n\r\n")
        fields = dict(
            line.split(": ", 1) for line in head.decode().strip().split("\r\n")
        )
        found.append((fields["content-range"], data))
    return found
