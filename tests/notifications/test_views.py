from datetime import timedelta

import pytest
from django.urls import reverse

from notifications.models import Notice
from notifications.registry import Need, register_need
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.notifications import KeptMailFactory, NoticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    person = PersonFactory(given_name="Amina")
    client.force_login(person)
    return person


def test_home_asks_a_stranger_to_sign_in(client):
    response = client.get(reverse("notifications:home"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_home_lists_what_needs_the_reader_by_date(client, reader):
    days = {"Later": 9, "Soon": 1, "Overdue": -3}
    register_need(
        "tests.dated",
        lambda person, on: [
            Need(f"{title} for {person.given_name}", "Open", "/", TODAY + timedelta(days=offset))
            for title, offset in days.items()
        ],
    )
    register_need("tests.whenever", lambda person, on: [Need("Whenever", "Open", "/", None)])

    page = client.get(reverse("notifications:home")).content.decode()

    order = ["Overdue for Amina", "Soon for Amina", "Later for Amina", "Whenever"]
    positions = [page.index(title) for title in order]
    assert positions == sorted(positions)
    assert page.count("data-need") == 4


def test_home_of_somebody_with_nothing_to_do_says_so(client, reader):
    page = client.get(reverse("notifications:home")).content.decode()

    assert "Nothing waits for you today." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_news_is_ones_own_at_a_constant_number_of_queries(
    client, reader, django_assert_num_queries, rows
):
    NoticeFactory.create_batch(rows, recipient=reader)
    NoticeFactory(facts={"title": "Not for you"})

    with django_assert_num_queries(5):
        response = client.get(reverse("notifications:notice_list"))

    page = response.content.decode()
    assert page.count("data-notice") == rows
    assert "Not for you" not in page


def test_marking_news_as_read_leaves_other_peoples_alone(client, reader):
    NoticeFactory.create_batch(2, recipient=reader)
    other = NoticeFactory()

    response = client.post(reverse("notifications:notice_read_all"))

    assert response.status_code == 302
    assert not Notice.objects.filter(recipient=reader, read_at__isnull=True).exists()
    other.refresh_from_db()
    assert other.read_at is None


def test_the_mailbox_shows_the_newest_first_and_finds_by_address(client, reader):
    KeptMailFactory(to="asha@waymark.example", subject="Older")
    KeptMailFactory(to="bola@waymark.example", subject="Newer", kept_at=NOW + timedelta(hours=1))

    both = client.get(reverse("notifications:mailbox_list")).content.decode()
    one = client.get(reverse("notifications:mailbox_list"), {"to": "asha"}).content.decode()

    assert both.index("Newer") < both.index("Older")
    assert "Older" in one
    assert "Newer" not in one


def test_the_mailbox_is_empty_outside_the_demonstration(client, reader, settings):
    kept = KeptMailFactory()
    settings.DEMO = False

    assert client.get(reverse("notifications:mailbox_show", args=[kept.pk])).status_code == 404


def test_a_mail_as_a_page_may_show_styles_and_run_nothing(client, reader):
    kept = KeptMailFactory(html='<p style="color: red">Hello</p>')

    response = client.get(reverse("notifications:mailbox_page", args=[kept.pk]))

    policy = response["Content-Security-Policy"]
    assert response.content.decode() == kept.html
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_a_strange_page_number_or_address_is_not_an_error(client, reader):
    KeptMailFactory()

    assert client.get(reverse("notifications:mailbox_list"), {"page": "abc"}).status_code == 200
    assert client.get(reverse("notifications:mailbox_list"), {"to": "\x00"}).status_code == 200
