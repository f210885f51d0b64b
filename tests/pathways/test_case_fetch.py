"""A package is fetched by a worker, shown, and applied; what goes wrong is a sentence."""

import ssl
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from common.http.fetching import fetch
from common.http.outgoing import Unreachable
from jobs.models import OutboxMessage
from jobs.services.outbox import MAX_ATTEMPTS, deliver_message
from pathways.models import (
    Competency,
    FetchState,
    Framework,
    FrameworkImport,
    FrameworkVersion,
    PackageFetch,
)
from pathways.services.case.fetching import Source, ask_for_package
from pathways.services.case.packages import apply_package, check_package
from pathways.services.case.tokens import token_of
from tests.common.answering import HOST, leads_to, names, says, server
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import DraftFactory, author_at, reviewer_at
from tests.factories.clock import NOW
from tests.factories.pathways import FrameworkFactory
from tests.pathways.case_packages import as_file, chain, item, name, package

__all__ = ["names", "server"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(server, settings):
    """The address of a package on a server of one's own network."""
    settings.CASE_SERVERS_INSIDE = frozenset({f"{HOST}:{server.port}"})
    server.answer = says(as_file(chain(3)))
    return f"https://{HOST}:{server.port}/ims/case/v1p1/CFPackages/{name(0)}"


@pytest.fixture
def draft():
    return DraftFactory()


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


def ask(draft, where, author, token=""):
    return ask_for_package(version=draft, source=Source(where, token), by=author, now=NOW)


def worked():
    """The worker comes by; returns the package's row as it is then."""
    message = OutboxMessage.objects.get(kind="pathways.fetch_package")
    deliver_message(message_id=message.pk, now=message.due_at)
    return PackageFetch.objects.get()


def test_a_package_is_fetched_and_then_goes_the_way_of_a_file(draft, where, author, server):
    ask(draft, where, author)
    assert server.connections == 0

    fetched = worked()

    assert (fetched.state, fetched.reason) == (FetchState.FETCHED, "")
    imported = fetched.imported
    assert (imported.state, imported.format, imported.uploaded_by) == ("CHECKED", "CASE", author)
    assert imported.file_name == where.removeprefix("https://")
    assert not Competency.objects.filter(version=draft).exists()
    apply_package(imported=imported, by=author, now=NOW)
    assert Competency.objects.filter(version=draft).count() == 2


def test_the_author_sees_it_come_without_scripts(client, draft, where, author):
    client.force_login(author)
    answer = client.post(reverse("pathways:fetch_new", args=[draft.pk]), {"address": where})

    shown = client.get(answer["Location"])
    assert "waiting for its turn" in shown.content.decode()
    part = client.get(answer["Location"], headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<div hx-get=")

    worked()
    again = client.get(answer["Location"], follow=True)
    part = client.get(answer["Location"], headers={"HX-Request": "true"})
    imported = FrameworkImport.objects.get()
    assert again.redirect_chain == [
        (reverse("pathways:import_show", args=[imported.public_id]), 302)
    ]
    assert "Level 3" in again.content.decode()
    assert part["HX-Redirect"] == answer["Location"]


def test_why_it_could_not_be_fetched_is_shown_with_a_way_to_try_again(
    client, draft, where, author, server
):
    server.answer = says(b"", status="404 Not Found")
    ask(draft, where, author)
    client.force_login(author)

    fetched = worked()

    page = client.get(reverse("pathways:fetch_show", args=[fetched.public_id])).content.decode()
    assert f"{HOST} has nothing at this address. Check it." in page
    again = client.get(reverse("pathways:fetch_new", args=[draft.pk]), {"again": ""})
    assert f'value="{where}"' in again.content.decode()
    assert not FrameworkImport.objects.exists()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (says(b"<html>"), "The file is not JSON"),
        (says(b'{"CFDocument": '), "The file is not JSON: see line 1"),
        (says(b"[" * 100_000), "nested deeper than"),
        (says(b'{"a":' * 2_000 + b"1" + b"}" * 2_000), "nested deeper than"),
        (says(b"{}"), "This is not a CASE package"),
        (says(b"\xff\xfe{"), "The file is not UTF-8 text"),
        (says(b'{"CFDocument": NaN}'), "NaN is not JSON"),
        (says(b'{"CFDocument": 1e999}'), "A number in the file is too large"),
        (says(b'{"CFDocument": ' + b"9" * 5_000 + b"}"), "A number in the file is too long"),
        (says(b'{"CFDocument": {}, "CFDocument": {}}'), "is there twice in one part"),
        (says(b"{}", "Content-Type: text/html"), "answered with something else (text/html)"),
        (says(b"{}", length=10**9), "larger than 20 MB"),
        (says(b"{}", length=9), "ended its answer half-way"),
        (leads_to("https://169.254.169.254/"), "the name of a public server"),
        (leads_to("https://localhost/"), "the name of a public server"),
        (leads_to("http://case.example.org/"), "begins with https://"),
    ],
)
def test_what_is_no_package_is_refused_and_changes_nothing(
    draft, where, author, server, answer, sentence
):
    server.answer = answer
    ask(draft, where, author)

    fetched = worked()

    assert fetched.state == FetchState.FAILED
    assert sentence in fetched.reason
    assert not FrameworkImport.objects.exists()
    draft.refresh_from_db()
    assert draft.revision == 0
    assert OutboxMessage.objects.get(kind="pathways.fetch_package").state == "DONE"


def test_a_redirect_to_a_name_of_a_private_network_is_refused(draft, where, author, server, names):
    names["inside.example.org"] = ["10.20.30.40"]
    server.answer = leads_to("https://inside.example.org/")
    ask(draft, where, author)

    assert "inside.example.org leads to a private network" in worked().reason


def test_mistakes_of_a_package_are_listed_as_those_of_a_file(draft, where, author, server):
    server.answer = says(as_file(package({**item(name(1)), "uri": "nowhere"})))
    ask(draft, where, author)

    imported = worked().imported

    assert imported.state == "REFUSED"
    assert "is not an address" in imported.lines.get().message


@pytest.mark.parametrize("typed", ["http://a.example.org/", "https://127.0.0.1/", "nowhere", ""])
def test_an_address_that_is_never_called_is_said_at_once(client, draft, author, typed):
    client.force_login(author)

    answer = client.post(
        reverse("pathways:fetch_new", args=[draft.pk]), {"address": typed, "token": "x"}
    )

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert not PackageFetch.objects.exists()
    with pytest.raises(Unreachable):
        ask(draft, typed, author)


def test_only_authors_ask_and_only_for_a_draft(draft, where, author):
    reviewer = reviewer_at(draft.framework.owner)
    with pytest.raises(Forbidden):
        ask(draft, where, reviewer)
    draft.state = "IN_REVIEW"
    draft.save()

    with pytest.raises(Conflict) as refusal:
        ask(draft, where, author)

    assert refusal.value.code == "draft_closed"
    assert not OutboxMessage.objects.exists()


def test_whoever_is_no_author_any_more_when_it_arrives_brings_nothing_in(draft, where, author):
    ask(draft, where, author)
    author.role_grants.all().delete()

    fetched = worked()

    assert fetched.reason == "Only the authors of this framework can bring in a file."


def test_a_draft_that_closed_meanwhile_stays_as_it_is(draft, where, author):
    ask(draft, where, author)
    draft.state = "IN_REVIEW"
    draft.save()

    assert "This draft is in review" in worked().reason


def meanwhile(monkeypatch, act):
    """Somebody does ``act`` while the package is on its way."""

    def fetch_slowly(wanted):
        content = fetch(wanted)
        act()
        return content

    monkeypatch.setattr("pathways.services.case.fetching.fetch", fetch_slowly)


def test_a_draft_that_is_sent_for_review_during_the_download_is_not_compared(
    draft, where, author, monkeypatch
):
    ask(draft, where, author)
    rows = FrameworkVersion.objects.filter(pk=draft.pk)
    meanwhile(monkeypatch, lambda: rows.update(state="IN_REVIEW"))

    assert "This draft is in review" in worked().reason
    assert not FrameworkImport.objects.exists()


def test_a_framework_that_is_described_during_the_download_keeps_its_title(
    draft, where, author, monkeypatch
):
    ask_for_package(version=draft, source=Source(where), by=author, now=NOW, takes_title=True)
    rows = Framework.objects.filter(pk=draft.framework_id)
    meanwhile(monkeypatch, lambda: rows.update(title="As we call it", revision=1))

    fetched = worked()

    assert (fetched.state, fetched.imported.state) == (FetchState.FETCHED, "CHECKED")
    assert rows.get().title == "As we call it"


def test_a_draft_that_is_written_during_the_download_is_compared_as_it_is(
    draft, where, author, monkeypatch
):
    ask(draft, where, author)
    rows = FrameworkVersion.objects.filter(pk=draft.pk)
    meanwhile(monkeypatch, lambda: rows.update(revision=7))

    assert worked().imported.revision == 7


def test_a_query_is_shown_to_whoever_asked_and_kept_until_the_package_came(
    client, draft, where, author, server
):
    asked = ask(draft, f"{where}?key=secret", author)
    pages = [
        reverse("pathways:fetch_show", args=[asked.public_id]),
        reverse("pathways:fetch_new", args=[draft.pk]),
        reverse("pathways:fetch_new", args=[draft.pk]) + "?again=",
    ]
    shown = {}
    for reader in (author, author_at(draft.framework.owner)):
        client.force_login(reader)
        shown[reader] = [client.get(page).content.decode() for page in pages]

    first, second = shown.values()
    assert all("?key=secret" in page for page in first)
    assert not any("secret" in page for page in second)
    assert all(where in page for page in second)
    fetched = worked()
    assert b"?key=secret" in server.asked[0]
    assert (fetched.state, fetched.address) == (FetchState.FETCHED, where)
    assert "secret" not in str(list(FrameworkImport.objects.values()))


def test_a_person_has_so_many_packages_on_their_way_and_no_more(client, draft, where, author):
    owner = draft.framework.owner
    drafts = [DraftFactory(framework=FrameworkFactory(owner=owner)) for _ in range(3)]
    for one in drafts:
        ask(one, where, author)
    client.force_login(author)

    answer = client.post(reverse("pathways:fetch_new", args=[draft.pk]), {"address": where})

    assert answer.status_code == 422
    assert "You are having 3 packages fetched." in answer.content.decode()
    PackageFetch.objects.filter(version=drafts[0]).update(
        state="FAILED", reason="Gone.", ended_at=NOW
    )
    assert ask(draft, where, author).state == FetchState.WAITING


def test_an_organisation_has_so_many_packages_on_their_way_and_no_more(draft, where, author):
    owner = draft.framework.owner
    for _ in range(10):
        other = DraftFactory(framework=FrameworkFactory(owner=owner))
        ask(other, where, author_at(owner))

    with pytest.raises(Conflict) as refusal:
        ask(draft, where, author)

    assert refusal.value.code == "too_many_fetches"
    elsewhere = DraftFactory()
    assert ask(elsewhere, where, author_at(elsewhere.framework.owner))


def test_one_package_at_a_time_is_on_its_way(client, draft, where, author):
    ask(draft, where, author)
    client.force_login(author)

    answer = client.post(reverse("pathways:fetch_new", args=[draft.pk]), {"address": where})

    assert answer.status_code == 422
    assert "A package is on its way to this draft already." in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        PackageFetch.objects.create(version=draft, address=where, asked_by=author, asked_at=NOW)


def test_another_organisation_sees_nothing_of_it(client, draft, where, author):
    asked = ask(draft, where, author)
    client.force_login(author_at(OrganisationFactory()))

    for page in (
        reverse("pathways:fetch_new", args=[draft.pk]),
        reverse("pathways:fetch_show", args=[asked.public_id]),
    ):
        assert client.get(page).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_packages_so_far_are_listed(client, draft, author, django_assert_num_queries, rows):
    other = DraftFactory()
    for number, version in [*((n, draft) for n in range(rows)), (9, other)]:
        PackageFetch.objects.create(
            version=version,
            address=f"https://{HOST}/{number}",
            asked_by=author,
            asked_at=NOW,
            state="FAILED",
            reason="Gone.",
            ended_at=NOW,
        )
    client.force_login(author)

    with django_assert_num_queries(11):
        page = client.get(reverse("pathways:fetch_new", args=[draft.pk])).content.decode()

    assert page.count("data-fetch") == rows
    assert f"{HOST}/9" not in page


def test_a_token_goes_to_the_server_and_is_kept_nowhere(
    draft, where, author, server, django_capture_on_commit_callbacks
):
    asked = ask(draft, where, author, token="very-secret")

    sealed = cache.get(f"case-token:{asked.public_id}")
    with django_capture_on_commit_callbacks(execute=True):
        fetched = worked()
        # Until the end is kept, another try may need it.
        assert token_of(asked.public_id) == "very-secret"

    assert b"Authorization: Bearer very-secret\r\n" in server.asked[0]
    assert fetched.state == FetchState.FETCHED
    assert "very-secret" not in sealed
    assert token_of(asked.public_id) == ""
    told = [OutboxMessage.objects.values(), Event.objects.values(), PackageFetch.objects.values()]
    assert "very-secret" not in str([list(rows) for rows in told])


def test_a_token_whose_time_is_over_is_asked_for_again(draft, where, author, server):
    asked = ask(draft, where, author, token="very-secret")
    cache.delete(f"case-token:{asked.public_id}")

    assert worked().reason.endswith("is gone. Enter it again.")
    assert server.connections == 0


def test_a_server_that_asks_for_a_token_is_told(draft, where, author, server):
    server.answer = says(b"", status="401 Unauthorized")
    ask(draft, where, author)

    assert "Enter a token that it gave you." in worked().reason


def test_a_certificate_that_nobody_vouches_for_is_told(draft, where, author, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", ssl.get_default_verify_paths().openssl_cafile)
    ask(draft, where, author)

    assert "has no certificate that we trust" in worked().reason


def test_a_second_delivery_fetches_nothing_more(draft, where, author, server):
    ask(draft, where, author)
    worked()
    message = OutboxMessage.objects.get(kind="pathways.fetch_package")
    OutboxMessage.objects.update(state="WAITING", ended_at=None, due_at=NOW)

    assert deliver_message(message_id=message.pk, now=NOW)

    assert server.connections == 1
    assert FrameworkImport.objects.count() == 1


def test_each_step_is_in_the_ledger_and_an_address_only_privately(draft, where, author, server):
    server.answer = says(b"{}")
    ask(draft, where, author)

    worked()

    verbs = ["ask_for_package", "fail_to_fetch"]
    events = Event.objects.filter(verb__in=verbs).order_by("pk")
    assert [event.verb for event in events] == verbs
    assert HOST not in str([event.facts for event in events])


def killed_after(times):
    """A worker that is killed when the copy is kept and nothing is committed yet."""
    left = [SystemExit] * times

    def check(**told):
        imported = check_package(**told)
        if left:
            raise left.pop()
        return imported

    return check


def tries(message, count):
    for attempt in range(count):
        with suppress(SystemExit):
            deliver_message(message_id=message.pk, now=NOW + timedelta(hours=attempt))


def test_a_killed_worker_leaves_nothing_behind_and_the_next_one_goes_on(
    draft, where, author, monkeypatch
):
    ask(draft, where, author)
    monkeypatch.setattr("pathways.services.case.fetching.check_package", killed_after(1))
    message = OutboxMessage.objects.get(kind="pathways.fetch_package")

    tries(message, 1)
    between = PackageFetch.objects.get()
    assert (between.state, between.started_at) == (FetchState.WAITING, NOW)
    assert not FrameworkImport.objects.exists()

    tries(message, 2)
    assert PackageFetch.objects.get().state == FetchState.FETCHED
    assert FrameworkImport.objects.count() == 1


def test_a_package_that_kills_every_worker_is_given_up_with_a_sentence(
    draft, where, author, monkeypatch, django_capture_on_commit_callbacks
):
    ask(draft, where, author, token="very-secret")
    monkeypatch.setattr("pathways.services.case.fetching.check_package", killed_after(99))
    message = OutboxMessage.objects.get(kind="pathways.fetch_package")

    with django_capture_on_commit_callbacks(execute=True):
        tries(message, MAX_ATTEMPTS + 1)

    given_up = PackageFetch.objects.get()
    assert given_up.reason.startswith("We tried several times and could not fetch it.")
    assert token_of(given_up.public_id) == ""
