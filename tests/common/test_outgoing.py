"""Which addresses may be called at all, before anything is sent anywhere."""

import pytest

from common.http.outgoing import LONGEST, Address, Unreachable, is_public, read_address, resolve

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.9.9.9"),  # noqa: S104
    *("168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7"),
    *("203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8"),
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1"),
    *("2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:808:808::"),
    *("3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    *("2606:4700::1111%eth0", "4000::1", "no number", ""),
]


@pytest.mark.parametrize("number", PRIVATE)
def test_what_is_not_global_unicast_is_not_public(number):
    assert not is_public(number)


@pytest.mark.parametrize(
    "number", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111"]
)
def test_public_servers_are(number):
    assert is_public(number)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://case.example.org/", "not_https"),
        ("ftp://case.example.org/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("gopher://case.example.org/", "not_https"),
        ("case.example.org/package", "not_https"),
        ("//case.example.org/package", "not_https"),
        ("", "not_https"),
        ("https://", "not_a_name"),
        ("https:///package", "not_a_name"),
        ("https://localhost/", "not_a_name"),
        ("https://127.0.0.1/", "not_a_name"),
        ("https://127.1/", "not_a_name"),
        ("https://2130706433/", "not_a_name"),
        ("https://0x7f000001/", "not_a_name"),
        ("https://0x7f.0.0.0x1/", "not_a_name"),
        ("https://0177.0.0.01/", "not_a_name"),
        ("https://0/", "not_a_name"),
        ("https://8.8.8.8/", "not_a_name"),
        ("https://127.0.0.1./", "not_a_name"),
        ("https://１２７.0.0.1/", "not_a_name"),  # noqa: RUF001 (digits of full width)
        ("https://①②⑦.0.0.1/", "not_a_name"),
        ("https://127。0。0。1/", "not_a_name"),
        ("https://[::1]/", "not_a_name"),
        ("https://[::ffff:127.0.0.1]/", "not_a_name"),
        ("https://[fe80::1%25eth0]/", "not_a_name"),
        ("https://case_.example.org/", "not_a_name"),
        ("https://-case.example.org/", "not_a_name"),
        ("https://case..example.org/", "not_an_address"),
        (f"https://{'a' * 64}.example.org/", "not_an_address"),
        ("https://[::1/", "not_an_address"),
        ("https://case.example.org:443:80/", "not_an_address"),
        ("https://case.example.org:99999/", "not_an_address"),
        ("https://case.example.org\\@127.0.0.1/", "not_an_address"),
        ("https://case.example.org/\r\nHost: inside", "not_an_address"),
        ("https://case.example.org/a b", "not_an_address"),
        ("https://case.example.org/\x00", "not_an_address"),
        ("https://case.example.org/" + "a" * LONGEST, "not_an_address"),
        ("https://author@case.example.org/", "has_credentials"),
        ("https://author:word@case.example.org/", "has_credentials"),
        ("https://:@case.example.org/", "has_credentials"),
        ("https://case.example.org#@127.0.0.1/", ""),
        ("https://case.example.org:80/", "other_port"),
        ("https://case.example.org:22/", "other_port"),
        ("https://case.example.org:0/", "other_port"),
        ("https://case.example.org:8443/", "other_port"),
    ],
)
def test_addresses_are_refused_before_anything_is_asked(typed, code):
    if not code:
        assert read_address(typed).host == "case.example.org"
        return

    with pytest.raises(Unreachable) as refusal:
        read_address(typed)

    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")


def test_an_address_is_taken_apart():
    assert read_address("https://CASE.Example.org./CFPackages/1?x=ü&y=%20#top") == Address(
        "case.example.org", 443, "/CFPackages/1?x=%C3%BC&y=%20"
    )
    assert read_address("https://bücher.example") == Address("xn--bcher-kva.example", 443, "/")


def test_a_server_of_ones_own_network_is_called_by_name_and_port_alone():
    inside = frozenset({"case.trust.example:8443"})

    assert read_address("https://case.trust.example:8443/", inside=inside).port == 8443
    for other in ("https://case.trust.example:8444/", "https://other.example:8443/"):
        with pytest.raises(Unreachable):
            read_address(other, inside=inside)


@pytest.mark.parametrize("number", [one for one in PRIVATE if one and one != "no number"])
def test_a_name_that_leads_to_a_private_network_is_refused(monkeypatch, number):
    answers(monkeypatch, "8.8.8.8", number)

    with pytest.raises(Unreachable) as refusal:
        resolve(Address("case.example.org", 443, "/"))

    assert refusal.value.code == "private_address"
    assert "case.example.org leads to a private network" in refusal.value.message


def test_a_name_of_ones_own_network_may_lead_there(monkeypatch):
    answers(monkeypatch, "10.1.2.3")

    found = resolve(
        Address("case.trust.example", 443, "/"), inside=frozenset({"case.trust.example"})
    )

    assert found == ["10.1.2.3"]


def test_a_name_that_nobody_has_is_said_to_be_unknown(monkeypatch):
    answers(monkeypatch)

    with pytest.raises(Unreachable) as refusal:
        resolve(Address("case.example.org", 443, "/"))

    assert refusal.value.code == "unknown_host"


def answers(monkeypatch, *numbers):
    """The resolver of names says ``numbers``: the edge of the network."""
    found = [(2, 1, 6, "", (number, 443)) for number in numbers]
    monkeypatch.setattr("socket.getaddrinfo", lambda *asked, **more: found)
