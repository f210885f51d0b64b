"""A line manager: approving, refusing, several at once, from a mail, and not answering at all."""

import pytest
from playwright.sync_api import expect

from courses.models import Enrolment
from courses.tasks import answer_requests_that_nobody_answers
from tests.factories.approvals import ApprovalRuleFactory, working_days_later
from tests.factories.clock import NOW
from tests.journeys.browser import check_page, screenshot
from tests.journeys.learning import WHY, digest_of, gather, link_in
from tests.journeys.walking import walker_for
from tests.second_step import PASSWORD, code_of, set_up_app, with_password

pytestmark = pytest.mark.usefixtures("clock")
TITLE = "Foundations in systems leadership"
# The request is due on 27 November 2026, and once it is passed on, on 7 December.
ONE_LATE = working_days_later(6)
TWICE_LATE = working_days_later(12)


@pytest.fixture
def cast(transactional_db):
    return gather()


def pictured(walker, name):
    screenshot(walker.page, f"manager-{name}")
    screenshot(walker.page, f"manager-{name}", phone=True)


def session_of(cast):
    return f"/courses/sessions/{cast.session.pk}/"


def test_he_approves_with_the_keyboard_alone(live_site, cast):
    cast.asks()
    daniel = walker_for(live_site, cast.daniel)

    # given a request among what needs him
    daniel.goes_to("/")
    daniel.sees("What needs you", "Amara Okafor")

    # when he reads why and approves it without a mouse
    need = daniel.main.locator("[data-need]").get_by_role("link", name="Amara Okafor")
    daniel.types_at(need, "Enter")
    daniel.sees(WHY, "Answer due by 27 November 2026.")
    pictured(daniel, "decide")
    daniel.types_at(daniel.main.get_by_label("Yes, approve it"), "Space")
    daniel.types_at(daniel.main.get_by_role("button", name="Send the decision"), "Enter")

    # then she has the place, and nothing waits for him
    daniel.sees("You approved it. Amara Okafor has a place.", "Nobody is waiting")
    amara = walker_for(live_site, cast.amara)
    amara.goes_to(session_of(cast))
    amara.sees("Place confirmed", "Daniel Hughes")


def refuses(daniel):
    daniel.goes_to("/courses/requests/")
    daniel.follows("Amara Okafor")
    daniel.chooses("No, refuse it")
    assert daniel.presses_and_gets("Send the decision").status == 422
    daniel.sees("Select a reason for refusing", "Enter an explanation of your refusal")
    expect(daniel.main.get_by_label("No, refuse it")).to_be_checked()
    pictured(daniel, "refuse-without-reason")
    daniel.chooses("The service cannot be covered on that day")
    daniel.answers("Explain your refusal", "Two people are away. Ask again in March.")
    daniel.presses("Send the decision")
    daniel.sees("You refused the request of Amara Okafor. They are told why.")


def test_he_refuses_with_a_reason_and_she_contests_it(live_site, cast):
    cast.asks()
    daniel = walker_for(live_site, cast.daniel)
    amara = walker_for(live_site, cast.amara)
    priya = walker_for(live_site, cast.priya)

    # given that he refuses, which he cannot do without a reason
    refuses(daniel)

    # when she reads it and disagrees
    amara.goes_to("/")
    amara.follows("was not approved.")
    amara.sees(
        "The service cannot be covered on that day",
        "Two people are away. Ask again in March.",
        "The refusal lasts until 20 May 2027.",
    )
    pictured(amara, "she-reads-the-refusal")
    amara.follows("Contest the refusal")
    amara.sees("never whoever refused")
    amara.answers("Why do you disagree?", "The bank covers both days.")
    amara.presses("Contest the refusal")
    amara.sees("Somebody else than whoever refused answers.")

    # then his own line manager answers, not he
    refused = Enrolment.objects.get(person=cast.amara)
    answer = daniel.page.goto(f"{live_site.url}/courses/contests/{refused.contest.pk}/")
    assert answer.status == 403
    priya.goes_to("/")
    priya.follows("Amara Okafor", within=priya.main.locator("[data-need]"))
    priya.sees("The bank covers both days.", "Two people are away. Ask again in March.")
    pictured(priya, "contest")
    priya.chooses("No, take the refusal back")
    priya.answers("Reason for your answer", "The shifts are covered.")
    priya.presses("Send the answer")
    priya.sees("Nobody is waiting for your decision")

    # and she has the place, and reads why
    amara.goes_to("/")
    amara.follows("is taken back. You have a place.")
    amara.sees("Place confirmed")


def test_he_answers_several_at_once(live_site, cast):
    others = [
        cast.reports_to_daniel(given, family)
        for given, family in (("Wen", "Zhang"), ("Kofi", "Mensah"), ("Iris", "Jones"))
    ]
    for person in others:
        cast.asks(person)
    daniel = walker_for(live_site, cast.daniel)

    # given three requests of his team, when he approves two of them together
    daniel.goes_to("/courses/requests/")
    daniel.sees("Wen Zhang", "Kofi Mensah", "Iris Jones", "Answer several together")
    pictured(daniel, "several")
    for name in ("Wen Zhang", "Kofi Mensah"):
        daniel.chooses(f"{name}: {TITLE}, 14 January 2027")
    daniel.chooses("Yes, approve them")
    daniel.presses("Send the decisions")

    # then he is told what came of each, and the third waits still
    daniel.sees("Wen Zhang has a place.", "Kofi Mensah has a place.")
    rows = daniel.main.get_by_role("table").get_by_role("rowheader")
    expect(rows).to_have_text(["Iris Jones"])


def test_the_link_of_the_mail_asks_him_to_sign_in_and_leads_to_the_request(live_site, cast):
    request = cast.asks()
    with_password(cast.daniel)
    secret = set_up_app(cast.daniel)
    address = link_in(digest_of(cast.daniel, now=NOW), below="/courses/requests/")
    somebody = walker_for(live_site, None)

    # given the mail of this morning, when he follows its link on a machine that does not know him
    somebody.page.goto(address)
    expect(somebody.page).to_have_title("Sign in - Waymark")
    somebody.does_not_see("Amara Okafor")
    check_page(somebody.page)

    # then he signs in, and is where the mail pointed
    somebody.answers("Email address", cast.daniel.email)
    somebody.page.get_by_label("Password", exact=True).fill(PASSWORD)
    somebody.presses("Sign in")
    somebody.answers("Code", code_of(secret))
    somebody.presses("Sign in")
    somebody.sees("Request of Amara Okafor", WHY, at=f"/courses/requests/{request.pk}/")
    somebody.chooses("Yes, approve it")
    somebody.presses("Send the decision")
    somebody.sees("You approved it. Amara Okafor has a place.")


@pytest.fixture(params=["GRANT", "REFUSE"])
def rule(request, cast):
    return ApprovalRuleFactory(organisation=cast.trust, on_silence=request.param).on_silence


def test_he_does_nothing_and_it_goes_on_without_him(live_site, cast, clock, rule):
    cast.asks()

    # given that he does not answer in time
    clock.move_to(ONE_LATE)
    answer_requests_that_nobody_answers()

    # then it goes on to his own line manager, and she who asked is told
    priya, amara = (walker_for(live_site, person) for person in (cast.priya, cast.amara))
    priya.goes_to("/")
    priya.follows("Amara Okafor", within=priya.main.locator("[data-need]"))
    priya.sees("Passed on, because nobody answered", "Answer due by 7 December 2026.")
    pictured(priya, "passed-on")
    amara.goes_to(session_of(cast))
    amara.sees("Waiting for approval", "(Manager of the line manager)")
    amara.sees(f"If nobody answers, the request is {'granted' if rule == 'GRANT' else 'refused'}.")
    pictured(amara, "she-sees-it-passed-on")

    # when nobody answers then either, the rule that was stated before decides
    clock.move_to(TWICE_LATE)
    answer_requests_that_nobody_answers()
    everybody_sees_what_happened(live_site, cast, rule)


def everybody_sees_what_happened(live_site, cast, rule):
    amara = walker_for(live_site, cast.amara)
    amara.goes_to(session_of(cast))
    if rule == "GRANT":
        amara.sees("Place confirmed", "Nobody answered in time, so it was granted")
    else:
        amara.sees("Nobody answered in time, so it was refused", "Contest the refusal")
    pictured(amara, f"she-sees-silence-{rule.lower()}")
    request = Enrolment.objects.get(person=cast.amara)
    amara.goes_to(f"/courses/enrolments/{request.pk}/what-happened/")
    amara.sees("passed the request on, because nobody had answered.", "20 November 2026")
    pictured(amara, f"timeline-{rule.lower()}")
    for person in (cast.daniel, cast.priya):
        walker = walker_for(live_site, person)
        walker.goes_to("/courses/requests/")
        walker.sees("Nobody is waiting for your decision")
        walker.goes_to(f"/courses/requests/{request.pk}/")
        walker.sees("This request needs no decision any more.", "Nobody answered in time")
