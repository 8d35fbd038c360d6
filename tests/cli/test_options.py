"""Addresses and certificates, checked before a server starts."""

import socket
import subprocess
from pathlib import Path

import pytest

from segue.cli.options import Options, check_address, check_tls, free_port
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-214")


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A certificate and its key, made by the program that everybody uses."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.mark.parametrize(
    ("options", "url"),
    [
        (Options(), "http://127.0.0.1:8000"),
        (Options(host="::1", port=80), "http://[::1]:80"),
        (Options(certificate=Path("c"), key=Path("k")), "https://127.0.0.1:8000"),
        (Options(uds=Path("/run/a.sock")), "unix:/run/a.sock"),
    ],
)
def test_the_address_is_told_as_a_url(options, url):
    assert options.url == url


def test_a_free_port_can_be_listened_on():
    port = free_port("127.0.0.1")

    check_address(Options(port=port))
    assert port > 0


def test_a_port_in_use_is_refused(listener):
    port = listener.getsockname()[1]

    with pytest.raises(CommandError) as caught:
        check_address(Options(port=port))

    assert caught.value.problem.code == "SG-RUN-001"
    assert f"--port {port + 1}" in caught.value.problem.fix


def test_a_port_that_others_share_is_refused_too():
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind(("127.0.0.1", 0))
        shared.listen()

        with pytest.raises(CommandError, match="SG-RUN-001"):
            check_address(Options(port=shared.getsockname()[1]))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_none_of_this_machine_is_refused(host):
    with pytest.raises(CommandError, match="SG-RUN-006"):
        check_address(Options(host=host))


def test_a_socket_file_that_does_not_exist_is_fine(tmp_path):
    check_address(Options(uds=tmp_path / "a.sock"))


def test_a_socket_in_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(CommandError) as caught:
        check_address(Options(uds=tmp_path / "none" / "a.sock"))

    assert caught.value.problem.code == "SG-RUN-006"
    assert "mkdir" in caught.value.problem.fix


def test_a_socket_that_answers_is_refused(tmp_path):
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        with pytest.raises(CommandError, match="SG-RUN-001"):
            check_address(Options(uds=path))

    assert path.exists()


def test_a_socket_that_a_dead_server_left_is_removed(tmp_path):
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))

    check_address(Options(uds=path))

    assert not path.exists()


def test_a_file_that_is_no_socket_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(CommandError, match="SG-RUN-0"):
        check_address(Options(uds=path))

    assert path.read_text(encoding="utf-8") == "mine"


def test_without_tls_nothing_is_checked():
    check_tls(None, None)


def test_a_certificate_and_its_key_are_accepted(pair):
    check_tls(*pair)


@pytest.mark.parametrize("missing", ["--certificate", "--key"])
def test_half_a_pair_is_refused(pair, missing):
    certificate, key = pair
    given = (None, key) if missing == "--certificate" else (certificate, None)

    with pytest.raises(CommandError) as caught:
        check_tls(*given)

    assert caught.value.problem.code == "SG-RUN-004"
    assert missing in caught.value.problem.what


def test_a_key_of_the_old_kind_is_refused_with_the_way_to_change_it(pair, tmp_path):
    certificate, key = pair
    old = tmp_path / "old.pem"
    subprocess.run(
        ["openssl", "rsa", "-in", key, "-traditional", "-out", old],
        check=True,
        capture_output=True,
    )

    with pytest.raises(CommandError) as caught:
        check_tls(certificate, old)

    assert caught.value.problem.fix.startswith(
        f"openssl pkcs8 -topk8 -nocrypt -in {old}"
    )


def test_a_key_of_another_certificate_is_refused(pair, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-out", other],
        check=True,
        capture_output=True,
    )

    with pytest.raises(CommandError, match="cannot be used"):
        check_tls(pair[0], other)
