"""The filters of the catalogue: what is asked first, and the rest open while it is in use."""

import pytest
from django.urls import reverse

from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.courses import OfferingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
_OPEN, _SHUT = ('<details class="nhsuk-details app-filter__more"' + end for end in (" open>", ">"))


@pytest.fixture
def reader(client):
    trust = OrganisationFactory()
    for mode in ("ONLINE", "IN_PERSON"):
        OfferingFactory(host=trust, programme__mode=mode)
    client.force_login(employ(organisation=trust))


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "ONLINE"},
        {"with_places": "on"},
        {"mode": "TELEPATHY"},
        {"mode": "ONLINE", "words": "ward"},
    ],
)
def test_further_filters_are_open_while_one_is_in_use_or_wrong(client, reader, query):
    page = client.get(reverse("courses:programme_list"), query).content.decode()

    assert _OPEN in page
    assert _SHUT not in page


@pytest.mark.parametrize("query", [{}, {"words": "ward"}, {"purpose": "GAP"}])
def test_further_filters_are_shut_while_none_is_in_use(client, reader, query):
    page = client.get(reverse("courses:programme_list"), query).content.decode()

    assert _SHUT in page
    first, _more, rest = page.partition(_SHUT)
    assert all(f'name="{name}"' in first for name in ("words", "purpose"))
    assert ('name="with_places"' in first, 'name="with_places"' in rest) == (False, True)
