"""How the ledger's verbs of registers and completing read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verb, register_verbs


def declare_delivery_verbs() -> None:
    register_verbs(
        {
            "mark": _("%(who)s marked on the register how the person was there"),
            "attend_after_all": _("%(who)s noted that the person was there after all"),
            "miss_after_all": _("%(who)s noted that the person was not there after all"),
            "set_completion_rule": _("%(who)s set what it takes to complete"),
            "complete_in_part": _("%(who)s noted that the course is completed in part"),
            "check_results": _("%(who)s had a file with results of a session checked"),
            "apply_results": _("%(who)s applied a file with results of a session"),
            "undo_results": _("%(who)s undid a file with results of a session"),
            "record_result": _("%(who)s recorded the result of an assessment"),
            "strike_result": _("%(who)s took back the result of an assessment"),
            "ask_for_evaluation": _("%(who)s had those who were there asked what they think"),
            "publish_evaluation_form": _("%(who)s brought questions after a session into use"),
            "record_external_learning": _("%(who)s put a course taken elsewhere on the record"),
            "explain_absence": _("%(who)s said why they were not there"),
        }
    )
    # Who has not answered yet is nobody else's to know, nor on which day somebody did.
    register_verb(
        "answer_evaluation",
        _("%(who)s said what they think, without their name"),
        Kind.PRIVATE,
    )
