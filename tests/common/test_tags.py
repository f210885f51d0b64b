from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from common.templatetags.waymark import _macro


def render(source, **context):
    return Template("{% load waymark %}" + source).render(Context(context))


def test_nhsuk_draws_the_macro_with_nested_options():
    html = render('{% nhsuk "input" id="name" name="name" label__text="Name" hint__text="Full" %}')

    assert '<label class="nhsuk-label" for="name">' in html
    assert 'aria-describedby="name-hint"' in html


@pytest.mark.parametrize("words", ["<b>x</b>", mark_safe("<b>x</b>"), gettext_lazy("<b>x</b>")])
@pytest.mark.parametrize("option", ["text", "label__text", "errorMessage__text", "heading"])
def test_nhsuk_escapes_words_whatever_they_are_marked(option, words):
    component = {"text": "button", "heading": "warning-callout"}.get(option, "input")

    html = render(f'{{% nhsuk "{component}" {option}=words %}}', words=words)

    assert html.count("&lt;b&gt;x&lt;/b&gt;") == 1
    assert "<b>" not in html


def test_nhsuk_leaves_html_where_it_is_asked_for():
    html = render('{% nhsuk "inset-text" html=words %}', words=mark_safe("<b>x</b>"))

    assert "<b>x</b>" in html


def test_every_component_has_a_macro_that_the_tag_finds():
    folder = files("nhsuk_frontend_jinja") / "templates" / "nhsuk" / "components"
    components = [path.name for path in folder.iterdir() if (path / "macro.jinja").is_file()]

    assert len(components) == 43
    assert all(callable(_macro(component)) for component in components)


def test_nhsuk_without_a_component_is_a_mistake_of_the_template():
    with pytest.raises(TemplateSyntaxError):
        render("{% nhsuk %}")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2027, 3, 7), "7 March 2027"),
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "1 July 2027"),
        (None, ""),
    ],
)
def test_longdate_is_the_day_in_london(value, shown):
    assert render("{{ value|longdate }}", value=value) == shown


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [(8, 0, "9am"), (13, 30, "2:30pm"), (11, 0, "midday"), (23, 0, "midnight"), (23, 5, "12:05am")],
)
def test_clocktime_is_the_time_in_london(hour, minute, shown):
    moment = datetime(2027, 7, 1, hour, minute, tzinfo=UTC)

    assert render("{{ value|clocktime }}", value=moment) == shown


def test_error_summary_is_silent_without_mistakes():
    assert render("{% error_summary nothing %}", nothing=None).strip() == ""
