"""How a server is to listen and work; checked before a process is started."""

import errno
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segue.core.errors import CommandError

__all__ = ["Options", "check_address", "check_tls", "free_port"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a server is told besides the app.

    Attributes:
        host: Name or address to listen on.
        port: Port to listen on.
        uds: Path of a Unix socket to listen on instead.
        workers: Number of worker processes.
        threads: Threads of a worker for sync handlers; None is the server's choice.
        certificate: PEM file of the TLS certificate chain.
        key: PEM file of its private key, PKCS#8.
        http2: Whether HTTP/2 is offered beside HTTP/1.1.
        kill_after: Seconds a stopping worker may take to finish its requests.
        debug: Whether this is development.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    uds: Path | None = None
    workers: int = 1
    threads: int | None = None
    certificate: Path | None = None
    key: Path | None = None
    http2: bool = False
    kill_after: int = 30
    debug: bool = False

    @property
    def url(self) -> str:
        """Where the server answers, as it is told to people."""
        if self.uds is not None:
            return f"unix:{self.uds}"
        scheme = "http" if self.certificate is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def free_port(host: str) -> int:
    """Find a port that nobody uses, for `--port 0`."""
    with closing(_socket(host, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def check_address(options: Options) -> None:
    """Check that the address can be listened on, before anything is started.

    Granian shares its port with others (`SO_REUSEPORT`), so a second server on
    the same port would start without a word and get half of the requests.

    Raises:
        CommandError: If the port is taken, or the host is none of this machine.
    """
    if options.uds is not None:
        _check_socket_file(options.uds)
        return
    _socket(options.host, options.port).close()


def _socket(host: str, port: int) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        probe = socket.socket(family, kind, proto)
        # Not a listener: a port in TIME_WAIT is free, one in use is refused.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            probe.close()
            raise
    except OSError as error:
        raise _refused(error, host, port) from error
    return probe


def _refused(error: OSError, host: str, port: int) -> CommandError:
    if error.errno == errno.EADDRINUSE:
        return CommandError(
            "SG-RUN-001",
            f"Port {port} on {host} is in use.",
            why="Two servers on one port would each get some of the requests.",
            fix=f"Stop the other one, or choose another port: --port {port + 1}",
        )
    return CommandError(
        "SG-RUN-006",
        f"{host}:{port} cannot be listened on: {error.strerror or error}.",
        why="The server would never get a request.",
        fix="Choose an address of this machine and a port above 1023: "
        "--host 127.0.0.1 --port 8000",
    )


def _check_socket_file(path: Path) -> None:
    """Remove the socket of a server that is gone; refuse one that answers."""
    if not path.parent.is_dir():
        raise CommandError(
            "SG-RUN-006",
            f"The socket {path} cannot be made: there is no folder {path.parent}.",
            why="The server would never get a request.",
            fix=f"mkdir -p {path.parent}",
        )
    if not path.exists():
        return
    if not path.is_socket():
        raise CommandError(
            "SG-RUN-006",
            f"{path} exists and is no socket.",
            why="It is not removed, because it may be somebody's file.",
            fix="Choose another path: --uds PATH",
        )
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()  # nobody listens: left over from a server that was killed
            return
        except PermissionError:
            pass  # somebody else's, but there
    raise CommandError(
        "SG-RUN-001",
        f"A server already answers on {path}.",
        why="Taking its socket away would cut it off.",
        fix="Stop the other one, or choose another path: --uds PATH",
    )


def check_tls(certificate: Path | None, key: Path | None) -> None:
    """Check that certificate and key are there, belong together and can be read.

    Raises:
        CommandError: With what is wrong about them.
    """
    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        missing = "--certificate" if certificate is None else "--key"
        raise CommandError(
            "SG-RUN-004",
            f"TLS needs a certificate and a key; {missing} is missing.",
            why="One is of no use without the other.",
            fix=f"Add {missing} FILE",
        )
    _check_pair(certificate, key)


def _check_pair(certificate: Path, key: Path) -> None:
    # TLS is rarely asked for, and ssl is the slowest import of the library.
    import ssl  # noqa: PLC0415

    if b"-----BEGIN PRIVATE KEY-----" not in key.read_bytes():
        raise CommandError(
            "SG-RUN-004",
            f"{key} is no unencrypted PKCS#8 key.",
            why="The server reads no other kind.",
            fix=f"openssl pkcs8 -topk8 -nocrypt -in {key} -out key.pem",
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as error:
        raise CommandError(
            "SG-RUN-004",
            f"{certificate} and {key} cannot be used: {error}",
            why="No client could connect.",
            fix="Give the certificate chain and the key that was made for it.",
        ) from error
