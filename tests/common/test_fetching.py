"""What a server can do to whoever fetches from it: each ends soon, with a sentence."""

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
import zlib

import pytest

from common.http import outgoing
from common.http.fetching import Limits, Wanted, fetch
from common.http.outgoing import Unreachable
from tests.common.answering import HOST, OTHER, leads_to, names, says, server

__all__ = ["names", "server"]

BODY = b'{"CFDocument": {}}'
SHORT = Limits(most_bytes=50_000, connect=1, whole=2)
JSON = "Content-Type: application/json"


def fetched(server, *, path="/package", host=HOST, limits=SHORT, token="", inside=None):
    origin = f"{host}:{server.port}"
    inside = {origin, f"{OTHER}:{server.port}"} if inside is None else inside
    return fetch(
        Wanted(f"https://{origin}{path}", ("application/json",), limits, token, frozenset(inside))
    )


def refusal_of(server, **more):
    began = time.monotonic()

    with pytest.raises(Unreachable) as refusal:
        fetched(server, **more)

    assert time.monotonic() - began < 6
    assert refusal.value.message.endswith(".")
    return refusal.value.code


def test_a_package_is_fetched_by_the_name_from_the_number_that_was_looked_at(server, names):
    server.answer = says(BODY)

    assert fetched(server, token="secret") == BODY

    (asked,) = server.asked
    assert asked.startswith(b"GET /package HTTP/1.1\r\n")
    assert f"Host: {HOST}:{server.port}\r\n".encode() in asked
    assert b"Authorization: Bearer secret\r\n" in asked
    assert names["asked"] == [HOST]


def test_a_packed_answer_is_unpacked(server):
    server.answer = says(gzip.compress(BODY), JSON + "; charset=utf-8", "Content-Encoding: gzip")

    assert fetched(server) == BODY


def test_an_answer_in_chunks_is_put_together(server):
    def chunks(connection, asked):
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n9\r\n"
            + BODY[:9]
            + b"\r\n9\r\n"
            + BODY[9:]
            + b"\r\n"
            b"0\r\n\r\n"
        )

    server.answer = chunks

    assert fetched(server) == BODY


def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    for variable in ("https_proxy", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    server.answer = says(BODY)

    assert fetched(server) == BODY


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_asked_again(server, names):
    names[HOST] = ["8.8.8.8", "127.0.0.1"]

    assert refusal_of(server, inside={f"{HOST}:{server.port}"}) == "no_answer"
    assert names["asked"] == [HOST]
    assert server.connections == 0


def test_a_private_number_is_refused_before_anything_is_sent(server, names, monkeypatch):
    monkeypatch.setattr("common.http.outgoing.HTTPS", server.port)

    assert refusal_of(server, inside=()) == "private_address"
    assert server.connections == 0


def hops(server, *where):
    """Each address leads to the next one, and the last to a package."""
    waiting = [*map(leads_to, where), says(BODY)]

    def answer(connection, asked):
        waiting.pop(0)(connection, asked)

    server.answer = answer


def test_a_few_redirects_are_followed_also_to_a_path(server):
    hops(server, "/one", f"https://{OTHER}:{server.port}/two", "three")

    assert fetched(server, token="secret") == BODY
    targets = [asked.split(b" ")[1] for asked in server.asked]
    assert targets == [b"/package", b"/one", b"/two", b"/three"]
    assert [b"Bearer secret" in asked for asked in server.asked] == [True, True, False, False]


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("https://127.0.0.1/", "not_a_name"),
        ("https://localhost/", "not_a_name"),
        ("https://[::1]/", "not_a_name"),
        ("https://169.254.169.254/latest/meta-data/", "not_a_name"),
        ("https://2852039166/", "not_a_name"),
        ("http://case.example.org/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://case.example.org:22/", "other_port"),
        ("https://a:b@case.example.org/", "has_credentials"),
        ("https://case.example.org/\x01", "not_an_address"),
        ("https://inside.example.org/", "private_address"),
        ("//inside.example.org/", "private_address"),
    ],
)
def test_a_redirect_leads_nowhere_that_could_not_be_entered(server, names, where, code):
    names["inside.example.org"] = ["10.0.0.7"]
    server.answer = leads_to(where)

    assert refusal_of(server) == code
    assert server.connections == 1


def test_a_server_outside_does_not_lead_to_one_inside(server, monkeypatch):
    monkeypatch.setattr("common.http.outgoing.HTTPS", server.port)
    look = outgoing.refuse_private
    # The server of the test stands for a public one, under the first of its names alone.
    monkeypatch.setattr(
        "common.http.outgoing.refuse_private",
        lambda numbers, host: None if host == HOST else look(numbers, host=host),
    )
    server.answer = leads_to(f"https://{OTHER}:{server.port}/inside")

    assert refusal_of(server, inside={OTHER}) == "private_address"
    assert server.connections == 1


@pytest.mark.parametrize("kind", ["a\x00b/json", "\x1b[31m/x", "", "x" * 500])
def test_a_type_that_is_none_is_not_told_again(server, kind):
    server.answer = says(BODY, f"Content-Type: {kind}")

    with pytest.raises(Unreachable) as refusal:
        fetched(server)

    assert "(of no type)" in refusal.value.message


def test_redirects_without_end_end(server):
    server.answer = leads_to("/package")

    assert refusal_of(server) == "too_many_redirects"
    assert server.connections == 4


def test_a_redirect_to_nowhere_goes_round(server):
    server.answer = says(b"", status="302 Found")

    assert refusal_of(server) == "too_many_redirects"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("401 Unauthorized", "status_401"),
        ("403 Forbidden", "status_403"),
        ("404 Not Found", "status_404"),
        ("410 Gone", "status_410"),
        ("429 Too Many Requests", "status_429"),
        ("500 Internal Server Error", "status_500"),
        ("503 Service Unavailable", "status_503"),
        ("204 No Content", "status_204"),
        ("206 Partial Content", "status_206"),
        ("300 Multiple Choices", "status_300"),
        ("304 Not Modified", "status_304"),
    ],
)
def test_any_other_status_is_refused(server, status, code):
    server.answer = says(BODY, status=status)

    assert refusal_of(server) == code


@pytest.mark.parametrize("kind", ["text/html", "application/zip", "", "application/jsonp", "ü/ü"])
def test_another_kind_of_content_is_refused(server, kind):
    server.answer = says(BODY, f"Content-Type: {kind}")

    assert refusal_of(server) == "other_content"


def test_content_without_a_kind_is_refused(server):
    server.answer = says(BODY, "Server: other")

    assert refusal_of(server) == "other_content"


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "compress"])
def test_another_packing_is_refused(server, coding):
    server.answer = says(BODY, JSON, f"Content-Encoding: {coding}")

    assert refusal_of(server) == "other_coding"


def test_an_answer_that_says_it_is_too_large_is_not_read(server):
    server.answer = says(b"", length=10**12)

    assert refusal_of(server) == "too_large"


def endless(connection, asked):
    connection.sendall(f"HTTP/1.1 200 OK\r\n{JSON}\r\n\r\n".encode())
    while True:
        connection.sendall(b" " * 4_096)


def test_an_answer_without_end_ends_at_the_limit(server):
    server.answer = endless

    assert refusal_of(server) == "too_large"


def test_a_small_answer_that_unpacks_without_end_ends_at_the_limit(server):
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(bytes(40_000_000)) + packer.flush()
    server.answer = says(bomb, JSON, "Content-Encoding: gzip")
    tracemalloc.start()

    code = refusal_of(server, limits=Limits(most_bytes=1_000_000, connect=1, whole=2))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(bomb) < 50_000
    assert code == "too_large"
    assert most < 6_000_000


def test_what_is_not_packed_as_it_says_cannot_be_read(server):
    server.answer = says(BODY, JSON, "Content-Encoding: gzip")

    assert refusal_of(server) == "not_readable"


def test_a_packed_answer_that_ends_early_is_cut_short(server):
    server.answer = says(gzip.compress(BODY * 50)[:-9], JSON, "Content-Encoding: gzip")

    assert refusal_of(server) == "cut_short"


def test_an_answer_shorter_than_it_says_is_cut_short(server):
    server.answer = says(BODY, length=len(BODY) + 1)

    assert refusal_of(server) == "cut_short"


def test_a_chunk_that_ends_early_is_cut_short(server):
    def half(connection, asked):
        connection.sendall(
            f"HTTP/1.1 200 OK\r\n{JSON}\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{{".encode()
        )

    server.answer = half

    assert refusal_of(server) == "cut_short"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_answer_of_the_web_cannot_be_read(server, raw):
    server.answer = lambda connection, asked: connection.sendall(raw)

    assert refusal_of(server) == "not_readable"


def drops(*pieces):
    """Sends ``pieces`` and then a letter now and again, for as long as somebody listens."""

    def answer(connection, asked):
        for piece in pieces:
            connection.sendall(piece)
        while True:
            connection.sendall(b" ")
            time.sleep(0.2)

    return answer


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 ",),
        (b"HTTP/1.1 200 OK\r\nX: ",),
        (f"HTTP/1.1 200 OK\r\n{JSON}\r\n\r\n".encode(),),
        (f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Length: 40000\r\n\r\n".encode(),),
    ],
    ids=["status", "headers", "body", "body-of-known-length"],
)
def test_a_slow_answer_is_given_up_after_the_whole_time(server, pieces):
    server.answer = drops(*pieces)

    assert refusal_of(server) == "too_slow"


def test_a_server_that_says_nothing_is_given_up(server):
    server.answer = lambda connection, asked: server.is_over.wait(10)

    assert refusal_of(server) == "too_slow"


def test_a_server_that_never_greets_is_given_up(server, names):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        server.port = deaf.getsockname()[1]

        assert refusal_of(server) == "too_slow"


def test_a_closed_port_does_not_answer(server):
    with socket.create_server(("127.0.0.1", 0)) as free:
        server.port = free.getsockname()[1]

    assert refusal_of(server) == "no_answer"


def test_a_certificate_of_somebody_else_is_not_trusted(server, names):
    names["third.example.org"] = ["127.0.0.1"]
    server.answer = says(BODY)

    code = refusal_of(server, host="third.example.org", inside={f"third.example.org:{server.port}"})

    assert code == "not_trusted"
    assert server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)

    assert refusal_of(server) == "not_trusted"
    assert server.asked == []


def test_what_does_not_speak_securely_cannot_be_read(server, names):
    with socket.create_server(("127.0.0.1", 0)) as plain:
        server.port = plain.getsockname()[1]

        def answer():
            connection, _where = plain.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n{}")

        thread = threading.Thread(target=answer)
        thread.start()

        assert refusal_of(server) == "not_readable"
        thread.join()
