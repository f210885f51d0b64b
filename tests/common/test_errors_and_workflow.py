import pytest

from common.errors import Conflict, Forbidden, Stale
from common.workflow import Workflow, transition

WORKFLOW = Workflow(
    transition("share", {"DRAFT"}, "SHARED", label="Share it"),
    transition("send_back", {"SHARED"}, "DRAFT"),
    transition("close", {"DRAFT", "SHARED"}, "CLOSED"),
)


def test_target_follows_the_table():
    assert WORKFLOW.target("share", current="DRAFT") == "SHARED"
    assert WORKFLOW.target("close", current="SHARED") == "CLOSED"


def test_target_refuses_a_step_that_cannot_start_here():
    with pytest.raises(Conflict) as refusal:
        WORKFLOW.target("send_back", current="CLOSED")

    assert refusal.value.code == "stale_state"
    assert refusal.value.status == 409


def test_available_lists_steps_in_the_order_declared():
    assert WORKFLOW.available(current="SHARED") == ["send_back", "close"]
    assert WORKFLOW.available(current="CLOSED") == []


def test_label_is_the_name_unless_given():
    assert WORKFLOW.label("share") == "Share it"
    assert WORKFLOW.label("close") == "close"


def test_fsm_names_every_pair_once_in_a_stable_order():
    assert WORKFLOW.fsm() == [
        ("DRAFT", "CLOSED"),
        ("DRAFT", "SHARED"),
        ("SHARED", "CLOSED"),
        ("SHARED", "DRAFT"),
    ]


def test_a_name_may_be_declared_once_only():
    with pytest.raises(ValueError, match="same name"):
        Workflow(transition("share", {"A"}, "B"), transition("share", {"B"}, "C"))


def test_refusals_carry_sentence_status_and_code():
    stale = Stale("Somebody was quicker.", current={"text": "theirs"})

    assert (stale.status, stale.code, stale.current) == (409, "stale", {"text": "theirs"})
    assert isinstance(stale, Conflict)
    assert (Forbidden("No.", code="no").status, str(Forbidden("No.", code="no"))) == (403, "No.")
