"""A real HTTPS server for tests, whose answers are whatever a test writes to the connection."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "case.example.org"
OTHER = "elsewhere.example.org"
Answer = Callable[[socket.socket, bytes], None]


def certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A certificate that stands for ``names`` and for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{names[0]}.pem", folder / f"{names[0]}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _name(text: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(text))
    return x509.DNSName(text)


class Server:
    """``asked`` are the heads of the requests that came, ``connections`` counts what knocked."""

    def __init__(self, files: tuple[Path, Path]) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*files)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.answer: Answer = lambda connection, asked: None
        self.asked: list[bytes] = []
        self.connections = 0
        self.is_over = threading.Event()
        self.threads: list[threading.Thread] = []

    def run(self) -> None:
        while True:
            try:
                plain, _where = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(plain,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain:
            plain.settimeout(20)
            with self.context.wrap_socket(plain, server_side=True) as secured:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += secured.recv(4_096)
                self.asked.append(head)
                self.answer(secured, head)

    def close(self) -> None:
        self.is_over.set()
        with suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for thread in self.threads:
            thread.join(timeout=20)


@contextmanager
def serving(files: tuple[Path, Path]):
    server = Server(files)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(timeout=20)


def says(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Answer:
    """One whole answer; ``length`` is what it says about its length, if that is not so."""
    told = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    told += headers or ("Content-Type: application/json",)

    def answer(connection: socket.socket, asked: bytes) -> None:
        connection.sendall("\r\n".join([*told, "", ""]).encode() + body)

    return answer


def leads_to(where: str, status: str = "302 Found") -> Answer:
    return says(b"", f"Location: {where}", status=status)


@pytest.fixture
def names(monkeypatch):
    """What the resolver says of each name, and how often it was asked: the edge of the network."""
    known, asked = {HOST: ["127.0.0.1"], OTHER: ["127.0.0.1"]}, []
    real = socket.getaddrinfo

    def told(host, port, *more, **words):
        if host not in known:
            return real(host, port, *more, **words)
        asked.append(host)
        numbers = known[host]
        number = numbers.pop(0) if len(numbers) > 1 else numbers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr("socket.getaddrinfo", told)
    known["asked"] = asked
    return known


@pytest.fixture
def server(names, tmp_path, monkeypatch):
    files = certificate(tmp_path, HOST, OTHER)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with serving(files) as running:
        yield running
