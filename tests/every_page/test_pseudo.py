from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tests.every_page.pseudo import plain_english, pseudo_language


def test_sentences_come_out_accented_and_keep_what_is_filled_in():
    with pseudo_language():
        sentence = _("Hello %(name)s, {count} left") % {"name": "Amara"}
        plural = ngettext("%d place", "%d places", 3) % 3

    assert sentence == "Ĥéĺĺó Amara, {count} ĺéƒţ"
    assert plural == "3 ƥĺàćéš"
    assert _("Hello") == "Hello"


def test_what_was_forgotten_is_found():
    page = """
        <title>Ĥóɱé Waymark</title><script>var words = 1</script>
        <p aria-label="Forgotten label">Ĥéĺĺó Amara</p><p>Forgotten text</p>
        <img alt=""><input type="submit" value="Forgotten button"><input value="typed text">
    """

    found = plain_english(page, data=["Waymark", "Amara Okafor"])

    assert found == ["Forgotten label", "Forgotten text", "Forgotten button"]
