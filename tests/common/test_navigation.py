import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import resolve

from accounts.models import Organisation, Person
from common.navigation import Navigation, NavigationItem, page, page_of
from tests.factories.accounts import OrganisationFactory


@pytest.fixture
def request_for(rf):
    def make(path, user=None):
        request = rf.get(path)
        request.user = user or Person(pk=1, family_name="Okafor")
        request.resolver_match = resolve(path)
        return request

    return make


def test_links_come_in_order_and_only_to_whom_they_are_shown(request_for):
    menu = Navigation()
    menu.add(NavigationItem("Later", "account_logout", 2))
    menu.add(NavigationItem("Sooner", "account_change_password", 1))
    menu.add(NavigationItem("Never", "account_reset_password", 0, shown=lambda request: False))
    menu.add(NavigationItem("Own", "account_email", 3, in_account_menu=True))
    request = request_for("/accounts/logout/")

    assert [link.label for link in menu.links(request)] == ["Sooner", "Later"]
    assert [link.href for link in menu.links(request, in_account_menu=True)] == ["/accounts/email/"]
    assert [link.is_current for link in menu.links(request)] == [False, True]


def test_the_longest_beginning_that_fits_is_current(request_for):
    menu = Navigation()
    menu.add(NavigationItem("Accounts", "account_logout", 1, covers=("account_",)))
    menu.add(NavigationItem("Passwords", "account_email", 2, covers=("account_change_",)))

    links = menu.links(request_for("/accounts/password/change/"))

    assert [link.is_current for link in links] == [False, True]


def test_an_item_cannot_be_added_twice():
    menu = Navigation()
    menu.add(NavigationItem("A", "account_logout", 1))

    with pytest.raises(ValueError, match="already"):
        menu.add(NavigationItem("B", "account_logout", 2))


def test_nobody_sees_a_menu_before_signing_in(request_for):
    context = page(request_for("/accounts/login/", user=AnonymousUser()))

    assert (list(context["navigation"]), list(context["account_navigation"])) == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "got"), [("2", 2), ("abc", 1), ("99", 3), ("-1", 3), ("", 1)])
def test_page_of_gives_the_nearest_page(rf, asked, got):
    OrganisationFactory.create_batch(5)

    found = page_of(rf.get("/", {"page": asked}), Organisation.objects.order_by("pk"), size=2)

    assert found.number == got
