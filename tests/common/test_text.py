import pytest
from django.core.exceptions import ValidationError

from common.text import MaxWords, clean_line, clean_text, pounds, unstorable


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800 pair", "\udfff"])
def test_text_that_no_store_can_hold_is_refused(text):
    with pytest.raises(ValidationError) as refusal:
        clean_text(text)

    assert refusal.value.code == "unstorable"
    assert unstorable(text)


def test_clean_text_keeps_what_people_write():
    text = "Siân Ó Briain\n\t👩‍⚕️ “fine”"

    assert clean_text(text) == text


def test_clean_text_has_one_line_end_composed_letters_and_no_tricks():
    assert clean_text("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert clean_text("Sia\u0302n") == "Siân"
    assert clean_text("pay\u202egnp.exe\x07") == "paygnp.exe"


def test_clean_line_is_one_line():
    assert clean_line("  Amara \n  Okafor ") == "Amara Okafor"


def test_max_words_counts_words():
    MaxWords(3)("one two\nthree")

    with pytest.raises(ValidationError) as refusal:
        MaxWords(3)("one two three four")

    assert refusal.value.messages == ["Enter 3 words or fewer. You have used 4."]


@pytest.mark.parametrize(
    ("pence", "shown"),
    [
        (0, "£0"),
        (120_000, "£1,200"),
        (120_050, "£1,200.50"),
        (5, "£0.05"),
        (-250, "\N{MINUS SIGN}£2.50"),
    ],
)
def test_pence_are_shown_in_pounds(pence, shown):
    assert pounds(pence) == shown
