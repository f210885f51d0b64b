import pytest
from django.test import RequestFactory
from django.urls import reverse

from pathways.views.asked import key_asked
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import author_at, written


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("7", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("", None),
        ("-7", None),
        ("7.0", None),
        ("7 ", None),
        ("domain", None),
    ],
)
def test_only_what_can_be_a_key_is_one(asked, key):
    request = RequestFactory().get("/", {"domain": asked})

    assert key_asked(request, "domain") == key


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "status"), [("9" * 4500, 200), ("9" * 18, 404), ("x", 200)])
def test_a_part_of_what_cannot_be_is_answered_with_a_page(client, asked, status):
    trust = OrganisationFactory()
    domain = written(1, framework__owner=trust).domains.get()
    client.force_login(author_at(trust))

    answer = client.get(reverse("pathways:competency_add", args=[domain.pk]), {"part_of": asked})

    assert answer.status_code == status
