"""What is refused leaves a line: who asked, which view, and nothing that anybody wrote."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.security.callers import nobody, program, signed_in
from tests.security.houses import CANARY

pytestmark = pytest.mark.django_db

NOT_THERE = 2**62
STATUSES = {"yours is not this one": "plan", "nothing is there": None}


@pytest.fixture
def refused(caplog):
    """The lines about refusals, without what every line has."""

    def lines():
        told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return [
            {name: line[name] for name in ("status", "caller", "method", "view")}
            for line in told
            if line["event"] == "security.refused"
        ]

    return lines


@pytest.mark.parametrize("row", STATUSES.values(), ids=STATUSES)
def test_not_yours_and_not_there_leave_the_same_line(town, refused, row):
    asks = town.ours.people["person"]
    pk = town.theirs.rows[row].pk if row else NOT_THERE

    answer = signed_in("person", asks).send("get", reverse("appraisals:plan_show", args=[pk]))

    assert answer.status_code == 404
    assert refused() == [
        {
            "status": 404,
            "caller": f"person-{asks.pk}",
            "method": "GET",
            "view": "appraisals:plan_show",
        }
    ]


def test_an_act_that_is_not_allowed_leaves_a_line(town, refused):
    asks = town.ours.people["person"]
    path = reverse("accounts:role_give", args=[asks.pk])

    answer = signed_in("person", asks).send("post", path, {"role": "AUDITOR"})

    assert answer.status_code == 403
    assert refused() == [
        {
            "status": 403,
            "caller": f"person-{asks.pk}",
            "method": "POST",
            "view": "accounts:role_give",
        }
    ]


def test_a_program_is_named_by_its_key(town, refused):
    ours = town.ours.client
    theirs = town.theirs.rows["request"]
    path = reverse("v1:enrolment_withdraw", args=[theirs.pk])

    answer = program("program", ours).send("post", path, {})

    assert answer.status_code == 404
    assert refused() == [
        {
            "status": 404,
            "caller": f"client-{ours.api_client.pk}",
            "method": "POST",
            "view": "v1:enrolment_withdraw",
        }
    ]


def test_a_token_that_opens_nothing_leaves_a_line_without_the_token(refused, caplog):
    browser = Client(headers={"Authorization": "Bearer tried-by-somebody"})

    answer = browser.get(reverse("v1:people"))

    assert answer.status_code == 401
    assert refused() == [
        {"status": 401, "caller": "unknown program", "method": "GET", "view": "v1:people"}
    ]
    assert "tried-by-somebody" not in caplog.text


def test_what_was_typed_into_an_address_is_not_kept(town, refused, caplog):
    asks = town.ours.people["person"]

    signed_in("person", asks).send("get", f"/{CANARY}/", {"words": CANARY})

    assert refused() == [
        {"status": 404, "caller": f"person-{asks.pk}", "method": "GET", "view": ""}
    ]
    kept = [record.msg for record in caplog.records if "refused" in str(record.msg)]
    assert CANARY not in str(kept)


def test_what_is_answered_and_what_strangers_look_for_leave_none(town, refused):
    asks = town.ours.people["person"]
    own = reverse("appraisals:plan_show", args=[town.ours.rows["plan"].pk])

    assert signed_in("person", asks).send("get", own).status_code == 200
    assert nobody().send("get", "/wp-login.php").status_code == 404

    assert refused() == []
