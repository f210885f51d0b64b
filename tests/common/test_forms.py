from datetime import date
from html.parser import HTMLParser

import pytest

from accounts.models import Organisation
from common import forms
from common.forms.base import form_mistakes
from tests.common.samples import SampleForm
from tests.factories.accounts import OrganisationFactory

GOOD = {
    "title": "  Leading \n people ",
    "reason": "My team asked",
    "starts_on_day": "29",
    "starts_on_month": "2",
    "starts_on_year": "2024",
    "level": "2",
    "days": ["mon"],
    "places": "12",
    "agreed": "on",
}


def mistakes(**changes):
    return list(SampleForm(GOOD | changes).summary())


class Ids(HTMLParser):
    """Every id of a page, and every id that something in it points to."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.wanted = [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in {"for", "aria-describedby", "aria-controls", "aria-labelledby"}:
                self.wanted |= set(value.split())
            if name == "href" and value.startswith("#"):
                self.wanted.add(value[1:])


def test_good_answers_come_out_clean_and_typed():
    form = SampleForm(GOOD)

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "title": "Leading people",
        "reason": "My team asked",
        "starts_on": date(2024, 2, 29),
        "level": "2",
        "days": ["mon"],
        "places": 12,
        "agreed": True,
    }
    assert forms.form_status(form) == 200


def test_an_empty_form_says_what_to_enter_and_where():
    form = SampleForm({})

    assert list(form.summary()) == [
        ("Enter title of the course", "#id_title"),
        ("Enter start date", "#id_starts_on_day"),
        ("Select level", "#id_level"),
        ("Enter places", "#id_places"),
        ("Tell your team first", "#id_agreed"),
    ]
    assert forms.form_status(form) == 422


def test_a_question_must_say_what_is_missing():
    class Wordless(forms.NHSForm):
        why = forms.CharField(label="Why do you need it?")

    class Worded(forms.NHSForm):
        why = forms.CharField(label="Why do you need it?", missing="Enter why you need it")

    with pytest.raises(ValueError, match="missing"):
        Wordless()
    assert list(Worded({}).summary()) == [("Enter why you need it", "#id_why")]


def test_an_unbound_form_has_no_mistakes():
    assert list(SampleForm().summary()) == []
    assert forms.form_status(SampleForm()) == 200


@pytest.mark.parametrize(
    ("changes", "sentence", "href"),
    [
        ({"title": "a\x00b"}, "Enter text without the hidden characters", "#id_title"),
        ({"reason": "half \ud800"}, "Enter text without the hidden characters", "#id_reason"),
        ({"title": "x" * 201}, "Enter 200 characters or fewer", "#id_title"),
        ({"reason": "x" * 5001}, "Enter 5000 characters or fewer", "#id_reason"),
        ({"reason": "one two three four five six"}, "Enter 5 words or fewer", "#id_reason"),
        ({"places": "lots"}, "Enter a whole number, like 15", "#id_places"),
        ({"places": "9" * 5000}, "Enter a whole number, like 15", "#id_places"),
        ({"places": "31"}, "Enter a number that is 30 or less", "#id_places"),
        ({"places": "0"}, "Enter a number that is 1 or more", "#id_places"),
        ({"level": "9"}, "Select an answer from the list", "#id_level"),
        ({"days": ["sun"]}, "Select answers from the list", "#id_days"),
        ({"starts_on_month": ""}, "Start date must include a month", "#id_starts_on_month"),
        (
            {"starts_on_day": "", "starts_on_year": ""},
            "Start date must include a day and a year",
            "#id_starts_on_day",
        ),
        ({"starts_on_year": "2023"}, "Start date must be a real date", "#id_starts_on_day"),
        ({"starts_on_day": "\u0663"}, "Start date must be a real date", "#id_starts_on_day"),
        ({"starts_on_year": "24"}, "Year of Start date must be between", "#id_starts_on_year"),
        (
            {"starts_on_year": "2028"},
            "Start date must be on or before 31 December 2027",
            "#id_starts_on_day",
        ),
    ],
)
def test_one_mistake_is_one_sentence_and_leads_to_its_field(changes, sentence, href):
    [(said, where)] = mistakes(**changes)

    assert said.startswith(sentence)
    assert where == href


def test_what_was_typed_is_still_there_and_every_id_that_is_named_exists():
    typed = GOOD | {"title": "<b>x</b>" * 40, "starts_on_month": "13", "places": "many"}

    html = str(SampleForm(typed))

    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert 'value="13"' in html
    assert 'value="many"' in html
    assert "My team asked" in html
    page = Ids(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.wanted - set(page.ids) == set()
    assert {href[1:] for _, href in SampleForm(typed).summary()} <= set(page.ids)


def test_a_field_has_the_markup_of_nhsuk():
    html = str(SampleForm({})["title"].as_field_group())

    assert html.count("nhsuk-form-group--error") == 1
    assert 'class="nhsuk-input nhsuk-input--error nhsuk-input--width-20"' in html
    assert 'aria-describedby="id_title-hint id_title-error"' in html
    assert "maxlength" not in html
    assert "placeholder" not in html
    assert "required" not in html


def test_optional_fields_are_marked_unless_the_form_is_a_filter():
    class Filter(forms.NHSForm):
        mark_optional = False
        words = forms.CharField(label="Words", required=False)

    assert "Reason (optional)" in str(SampleForm()["reason"].as_field_group())
    assert "(optional)" not in str(SampleForm()["title"].as_field_group())
    assert "(optional)" not in str(Filter())


def test_a_date_field_shows_a_date_it_was_given():
    form = SampleForm(initial={"starts_on": date(2027, 3, 7)})

    html = str(form["starts_on"])

    assert [part in html for part in ('value="7"', 'value="3"', 'value="2027"')] == [True] * 3


def test_a_mistake_of_the_whole_form_leads_to_its_first_field():
    form = SampleForm(GOOD)
    form.add_error(None, "Choose another day.")

    assert list(form_mistakes(form)) == [("Choose another day.", "#id_title")]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["abc", "\x00", "9" * 40, "-1", ""])
def test_a_row_that_is_not_offered_is_a_mistake_and_never_a_fault(value):
    OrganisationFactory()

    class Choose(forms.NHSForm):
        organisation = forms.ModelChoiceField(
            label="Organisation", queryset=Organisation.objects.all()
        )

    form = Choose({"organisation": value})

    assert forms.form_status(form) == 422
    assert [href for _, href in form.summary()] == ["#id_organisation"]


@pytest.mark.django_db
@pytest.mark.urls("tests.common.urls")
def test_a_wrong_form_is_drawn_again_with_422_and_a_title_that_says_so(client):
    right = client.get("/sample/form/")
    wrong = client.post("/sample/form/", {"title": "Kept"})

    assert (right.status_code, wrong.status_code) == (200, 422)
    html = wrong.content.decode()
    assert "<title>Error: " in html
    assert "There is a problem" in html
    assert 'value="Kept"' in html
    assert "There is a problem" not in right.content.decode()


def test_a_list_to_choose_from_escapes_marks_the_choice_and_keeps_groups():
    widget = forms.Select(
        attrs={"class": "nhsuk-select"},
        choices=[("", "Any"), ("<a>", "A & B"), ("Bands", [("8a", "8a"), ("9", "9")])],
    )

    drawn = str(widget.render("band", "8a", {"id": "id_band"}))

    assert drawn == (
        '<select name="band" class="nhsuk-select" id="id_band"><option value="">Any</option>'
        '<option value="&lt;a&gt;">A &amp; B</option><optgroup label="Bands">'
        '<option value="8a" selected>8a</option><option value="9">9</option></optgroup></select>'
    )
