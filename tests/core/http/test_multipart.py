import asyncio
import concurrent.futures
import contextlib
import threading
import time

import pytest
from hypothesis import given, settings, strategies as st

from segue.core.errors import (
    BadRequest,
    ClientDisconnected,
    ContentTooLarge,
    HTTPError,
    UnsupportedMediaType,
)
from segue.core.http.forms import Upload
from segue.core.http.limits import Limits
from segue.core.http.multipart import (
    MultipartReader,
    aparse_multipart,
    parse_multipart,
)

B = "----b"
NAMES = st.text(alphabet="abcü ;=.'", min_size=1, max_size=10)
CONTENT = st.binary(max_size=200) | st.lists(
    st.sampled_from([b"\r\n", b"--", b"----b", b"\r\n------b", b"\r", b"x"])
).map(b"".join)


def part(disposition, content=b"", *headers):
    if isinstance(disposition, str):
        disposition = disposition.encode()
    lines = [b"Content-Disposition: form-data; " + disposition, *headers]
    return b"--" + B.encode() + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + content


def body(*parts, end=b"--\r\n"):
    return b"".join(each + b"\r\n" for each in parts) + b"--" + B.encode() + end


def field(name, value):
    return part(f'name="{name}"', value)


def upload(filename, content=b"", kind=b"text/plain"):
    return part(
        f'name="file"; filename="{filename}"', content, b"Content-Type: " + kind
    )


def pieces(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def sync(data, limits=None, *, boundary=B, size=65_536, end=None):
    def chunks():
        yield from pieces(data, size)
        if end:
            raise end

    return parse_multipart(chunks(), boundary, limits or Limits())


def awaited(data, limits=None, *, boundary=B, size=65_536, end=None):
    async def chunks():
        for piece in pieces(data, size):
            await asyncio.sleep(0)
            yield piece
        if end:
            raise end

    return asyncio.run(aparse_multipart(chunks(), boundary, limits or Limits()))


def outcome(data, size):
    try:
        sync(data, size=size)
    except HTTPError as error:
        return error.status
    return 200


COLOURS = pytest.mark.parametrize("parse", [sync, awaited])


@pytest.mark.feature("M-033")
@COLOURS
@pytest.mark.parametrize("size", [1, 2, 7, 65_536])
def test_fields_and_files_are_read_in_order(parse, size):
    data = body(
        field("tag", b"a"),
        upload("cv.txt", b"My life"),
        field("tag", "ü€".encode()),
        upload("more.bin", b"\x00\xff", b"Image/PNG; x=y"),
    )

    form = parse(data, size=size)

    assert [name for name, _ in form.items()] == ["tag", "file", "tag", "file"]
    assert form.get_all("tag") == ["a", "ü€"]
    first, second = form.get_all("file")
    assert (first.filename, first.content_type, first.read()) == (
        "cv.txt",
        "text/plain",
        b"My life",
    )
    assert (second.filename, second.content_type, second.read()) == (
        "more.bin",
        "image/png",
        b"\x00\xff",
    )
    assert (first.size, second.size) == (7, 2)
    assert second.headers["content-type"] == "Image/PNG; x=y"


@COLOURS
def test_a_form_without_parts_is_empty(parse):
    assert parse(body()).items() == []


@COLOURS
@pytest.mark.parametrize("before", [b"", b"\r\n", b"This is MIME.\r\n"])
@pytest.mark.parametrize("behind", [b"", b"\r\n", b"\r\nbye" * 50_000])
def test_what_stands_around_the_parts_is_skipped(parse, before, behind):
    data = before + body(field("a", b"1"), end=b"--") + behind

    assert parse(data, size=1000).items() == [("a", "1")]


@COLOURS
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"--",
        b"x" * 70_000,
        b"--other\r\n\r\n--other--",
        body(field("a", b"1"), end=b""),
        body(field("a", b"1"), end=b"-"),
        body(field("a", b"1"), end=b"x"),
        field("a", b"1"),
        field("a", b"x" * 70_000),
        part('name="a"')[:-2],
        b"x" + body(field("a", b"1")),
        body(b"--" + B.encode() + b"\nContent-Disposition: form-data; name=a\n\nx"),
        body(b"--" + B.encode() + b"\r\n\r\nx"),
        body(b"--" + B.encode() + b"\r\nContent-Type: text/plain\r\n\r\nx"),
        body(b"--" + B.encode() + b"\r\nno colon\r\n\r\nx"),
        body(b"--" + B.encode() + b"\r\nContent-Disposition: attachment\r\n\r\nx"),
        body(part("x=y", b"1")),
        body(part('filename="a.txt"', b"1")),
        body(part('name="a"', b"1", b"Na\x00me: x")),
        body(part('name="a"', b"1", b"Bad name: x")),
        body(part('name="a"', b"1", b"X-Long: a", b" continued")),
        body(part(b'name="\xff"', b"1")),
        body(part('name="a\0"', b"1")),
        body(part('name="a"; name="b"', b"1")),
        body(part('name="a"; filename="a"; filename="b"', b"1")),
        body(part('name="a"', b"1", b'content-disposition: form-data; name="b"')),
        body(part('name="a"', b"1", b"Content-Length: 5")),
        body(part('name="a"', b"12345", b"Content-Length: 2")),
        body(part('name="a"', b"1", b"Content-Length: x")),
        body(field("a", b"\xff")),
        body(field("a", b"a\0b")),
        body(part("name=\"a\"; filename*=latin-1'de'x", b"1")),
        body(part("name=\"a\"; filename*=utf-8''%ff", b"1")),
        body(part("name=\"a\"; filename*=utf-8''", b"1")),
        body(part('name="a"; filename*=x', b"1")),
    ],
)
@pytest.mark.parametrize("size", [3, 65_536])
def test_a_broken_body_is_a_bad_request(parse, data, size):
    with pytest.raises(BadRequest):
        parse(data, size=size)


@COLOURS
@pytest.mark.parametrize(
    "boundary", ["", "x" * 71, "ends with a blank ", "a\nb", "a\r\nb", "ü", "a\0b"]
)
def test_a_malformed_boundary_is_a_bad_request(parse, boundary):
    with pytest.raises(BadRequest, match="boundary"):
        parse(b"", boundary=boundary)


@pytest.mark.parametrize("boundary", ["x" * 70, "'()+_,-./:=?", "a b", "*&|"])
def test_every_other_boundary_is_read(boundary):
    assert sync(f"--{boundary}--".encode(), boundary=boundary).items() == []


@pytest.mark.feature("M-038")
@COLOURS
@pytest.mark.parametrize(
    ("limits", "data"),
    [
        (Limits(part_header_size=76), body(upload("c", b"1"))),
        (Limits(parts=2), body(*[upload("a", b"1")] * 3)),
        (Limits(fields=2), body(*[field("a", b"1")] * 3)),
        (Limits(field_size=4), body(field("a", b"12345"))),
        (Limits(part_headers=2), body(part('name="a"', b"", b"X: 1", b"Y: 2"))),
        (Limits(part_header_size=99), body(part('name="a"', b"", b"X: " + b"x" * 99))),
        (
            Limits(part_header_size=99),
            body(part('name="a"', b"", *[b"X: " + b"x" * 20] * 4)),
        ),
        (Limits(part_header_size=99), part('name="a"', b"", b"X: " + b"x" * 200_000)),
        (Limits(memory=9), body(field("a", b"12345"), field("a", b"12345"))),
    ],
)
def test_what_passes_a_limit_is_too_large(parse, limits, data):
    with pytest.raises(ContentTooLarge):
        parse(data, limits)


@pytest.mark.feature("M-038")
@COLOURS
def test_what_reaches_a_limit_is_read(parse):
    data = body(field("a", b"1234"), field("b", b"5678"), upload("c", b"x" * 100))
    limits = Limits(
        parts=3, fields=2, field_size=4, part_headers=2, part_header_size=77, memory=108
    )

    form = parse(data, limits)

    assert form.texts == [("a", "1234"), ("b", "5678")]
    assert form.file("file").in_memory
    form.close()


@COLOURS
def test_a_file_goes_to_disk_when_it_is_too_long_for_memory(parse):
    data = body(upload("small", b"x" * 1000), upload("large", b"y" * 300_000))

    form = parse(data, Limits(spool=1000), size=10_000)

    small, large = form.get_all("file")
    assert (small.in_memory, large.in_memory) == (True, False)
    assert (small.read(), large.read()) == (b"x" * 1000, b"y" * 300_000)
    assert large.size == 300_000
    form.close()
    assert small.file.closed
    assert large.file.closed


@COLOURS
def test_files_go_to_disk_when_the_form_has_used_its_memory(parse):
    data = body(*[upload("a", b"x" * 1000)] * 5)

    form = parse(data, Limits(memory=2500))

    places = [each.in_memory for each in form.get_all("file")]
    assert places == [True, True, False, False, False]
    assert all(each.read() == b"x" * 1000 for each in form.get_all("file"))
    form.close()


@COLOURS
@pytest.mark.parametrize(
    "ending", [ContentTooLarge(), ClientDisconnected(), KeyboardInterrupt()]
)
def test_a_form_that_comes_to_nothing_leaves_no_file_open(parse, ending, monkeypatch):
    opened = []
    move = Upload.move_to_disk

    def watched(upload):
        move(upload)
        opened.append(upload.file)

    monkeypatch.setattr(Upload, "move_to_disk", watched)
    data = body(*[upload("a", b"x" * 100_000)] * 2, end=b"")[:-100]

    with pytest.raises(type(ending)):
        parse(data, Limits(spool=0), size=1000, end=ending)

    assert len(opened) == 2
    assert all(file.closed for file in opened)


def test_a_long_file_is_written_by_a_thread(monkeypatch):
    writers = []
    write = Upload.write

    def watched(upload, chunk):
        writers.append((threading.current_thread(), upload.in_memory))
        write(upload, chunk)

    monkeypatch.setattr(Upload, "write", watched)
    data = body(upload("a", b"x" * 500_000), field("b", b"1"))

    form = awaited(data, Limits(spool=0), size=4096)

    on_loop = [here for here, memory in writers if here is threading.main_thread()]
    assert len(writers) > 5
    assert len(on_loop) <= 2
    assert form.file("file").read() == b"x" * 500_000
    form.close()


def test_who_gives_up_while_a_thread_writes_waits_for_it():
    held, entered = threading.Event(), threading.Event()
    readers = []

    class Slow(concurrent.futures.ThreadPoolExecutor):
        def submit(self, call, /, *args):
            def later():
                entered.set()
                held.wait(5)
                return call(*args)

            readers.append(call.__self__)
            return super().submit(later)

    async def chunks():
        for piece in pieces(body(upload("a", b"x" * 300_000)), 65_536):
            yield piece

    async def give_up():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(Slow(1))
        task = asyncio.create_task(aparse_multipart(chunks(), B, Limits(spool=0)))
        while not entered.is_set():
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        still_open = not readers[0]._part._upload.file.closed
        held.set()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return still_open, task.cancelled(), readers[0]._part._upload.file.closed

    assert asyncio.run(give_up()) == (True, True, True)


@COLOURS
def test_a_file_input_that_was_left_empty_is_absent(parse):
    assert parse(body(upload(""), field("a", b"1"))).items() == [("a", "1")]


@COLOURS
def test_a_file_may_be_empty_or_nameless(parse):
    form = parse(body(upload("empty.txt"), upload("", b"content")))

    first, second = form.get_all("file")
    assert (first.filename, first.size) == ("empty.txt", 0)
    assert (second.filename, second.raw_filename, second.size) == ("file", "", 7)


@pytest.mark.parametrize(
    ("disposition", "raw", "safe"),
    [
        ('name="f"; filename="../../x.txt"', "../../x.txt", "x.txt"),
        ('name="f"; filename="C:\\a\\x.txt"', "x.txt", "x.txt"),
        ('name="f"; filename="a%22b%0D%0A.txt"', 'a"b\r\n.txt', "a_b.txt"),
        ('name="f"; filename="a;b=c.txt"', "a;b=c.txt", "a;b=c.txt"),
        ('name="f"; filename="a\0b.txt"', "a\0b.txt", "ab.txt"),
        ("name=f; filename=x.txt", "x.txt", "x.txt"),
        ('filename="x.txt"; name="f"', "x.txt", "x.txt"),
        ("name=\"f\"; filename*=UTF-8''%e2%82%ac.txt", "€.txt", "€.txt"),
        ("name=\"f\"; filename*=utf-8'de'..%2fx", "../x", "x"),
        ('name="f"; filename="a"; filename*=utf-8\'\'b', "a", "a"),
        ('name="f"; filename*=utf-8\'\'b; filename="a"', "a", "a"),
        ('name="f"; filename="x\\"', "x\\", "file"),
    ],
)
def test_a_file_is_known_by_a_safe_name(disposition, raw, safe):
    found = sync(body(part(disposition, b"1"))).file("f")

    assert (found.raw_filename, found.filename) == (raw, safe)
    assert found.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        (b"text/plain; charset=utf-8", "ü".encode(), "ü"),
        (b'text/plain; charset="ISO-8859-1"', b"\xfc", "ü"),
        (b"application/json", b"{}", "{}"),
    ],
)
def test_a_text_is_read_in_the_charset_it_names(kind, content, text):
    data = body(part('name="a"', content, b"Content-Type: " + kind))

    assert sync(data)["a"] == text


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/plain; charset=zip",
        b"Content-Type: text/plain; charset=utf-7",
        b"Content-Transfer-Encoding: base64",
    ],
)
def test_a_part_encoded_in_another_way_is_unsupported(header):
    with pytest.raises(UnsupportedMediaType):
        sync(body(part('name="a"', b"1", header)))


def test_a_part_may_say_that_it_is_not_encoded():
    data = body(part('name="a"', b"1", b"Content-Transfer-Encoding: Binary"))

    assert sync(data)["a"] == "1"


@pytest.mark.parametrize(
    "data",
    [
        part('name="a"', b"", b"X: y", *[b" z"] * 700_000),
        part('name="a"') + b"\r\n--" * 500_000,
        part('name="a"; filename="a"') + b"\r" * 2_000_000,
        b"\r\n-" * 700_000,
        part("name=a" + "; " * 1_000_000),
        part('name="' + '="' * 3000),
        b"--" + B.encode() + b"\r\n" + b"\n" * 1_000_000,
    ],
)
@pytest.mark.parametrize("size", [100, 65_536])
def test_hostile_bodies_are_refused_in_linear_time(data, size):
    began = time.process_time()

    with pytest.raises(HTTPError):
        sync(data, size=size)

    assert time.process_time() - began < 3


def test_single_bytes_cost_no_more_than_their_number():
    data = body(*[part('name="a"', b"1", b"X: " + b"x" * 8000)] * 10)
    began = time.process_time()

    assert len(sync(data, size=1).get_all("a")) == 10
    assert time.process_time() - began < 3


def test_a_reader_that_got_nothing_closes_quietly():
    reader = MultipartReader(B, Limits())

    reader.close()

    assert not reader.writes_to_disk(b"x" * 100_000)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(NAMES, CONTENT, st.booleans()), max_size=8),
    st.integers(1, 300),
)
def test_what_was_sent_is_read_again(parts, size):
    parts = [(n, c.replace(b"\r\n----" + B.encode(), b""), f) for n, c, f in parts]
    parts = [(n, c.replace(b"--" + B.encode(), b""), f) for n, c, f in parts]
    encoded = [
        part(f'name="{name}"; filename="f"', content)
        if is_file
        else field(name, content.hex().encode())
        for name, content, is_file in parts
    ]

    form = sync(body(*encoded), size=size)

    read = [(n, v if isinstance(v, str) else v.read()) for n, v in form.items()]
    assert read == [(n, c if f else c.hex()) for n, c, f in parts]


@given(st.binary(max_size=300), st.integers(1, 300))
def test_no_body_is_too_strange_for_an_answer(noise, size):
    whole = body(field("a", b"1"), upload("f", b"2"))
    place = len(noise) % len(whole)

    for data in (noise, whole[:place] + noise + whole[place:]):
        assert outcome(data, size) in {200, 400, 413, 415}
