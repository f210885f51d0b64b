import random

import pytest

from config.demo.names import NameBook, plain


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wójcik", "wojcik"),
        ("Nguyễn", "nguyen"),
        ("O'Sullivan", "osullivan"),
        ("Y\u0131lmaz", "yilmaz"),
        ("Weiß", "weiss"),
        ("Kar-Wai", "karwai"),
        ("Łukasz", "lukasz"),
    ],
)
def test_a_name_in_the_letters_of_an_address(written, expected):
    assert plain(written) == expected


def test_nobody_gets_an_address_that_is_taken():
    book = NameBook(random.Random(7))  # noqa: S311

    addresses = [book.name(book.culture(is_senior=False))[2] for _ in range(5000)]

    assert len(set(addresses)) == 5000
    assert all(address.isascii() and address.endswith("@waymark.example") for address in addresses)


def test_names_come_from_many_cultures_in_more_than_one_script():
    book = NameBook(random.Random(7))  # noqa: S311

    names = [" ".join(book.name(book.culture(is_senior=False))[:2]) for _ in range(5000)]

    letters = set("".join(names))
    assert {"Ł", "ễ", "Ş", "ö", "ș"} & letters
    assert any("\u0600" <= letter <= "\u06ff" for letter in letters), "no Arabic letters"
    assert any("\u0370" <= letter <= "\u03ff" for letter in letters), "no Greek letters"
    assert len(set(names)) > 3000
