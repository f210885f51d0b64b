"""How the ledger's verbs of appraisals and development plans read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verb, register_verbs
from appraisals.services.reading import READ_PLAN


def declare_verbs() -> None:
    register_verbs(
        {
            "plan_cycle": _("%(who)s planned the appraisals of a year"),
            "open_cycle": _("%(who)s opened the appraisals"),
            "share": _("%(who)s shared their part"),
            "send_back": _("%(who)s sent the other part back to be changed"),
            "sign": _("%(who)s signed"),
            "hand_over": _("%(who)s handed the appraisal over to the new line manager"),
            "record_conversation": _("%(who)s entered the day of the conversation"),
            "add_objective": _("%(who)s added an objective"),
            "change_objective": _("%(who)s changed an objective"),
            "remove_objective": _("%(who)s removed an objective"),
            "start_plan": _("%(who)s started the plan"),
            "draft_plan": _("%(who)s signed the appraisal that the plan comes from"),
            "add_action": _("%(who)s added an action"),
            "start_action": _("%(who)s started an action"),
            "finish_action": _("%(who)s marked an action as done"),
            "drop_action": _("%(who)s dropped an action"),
            "take_up_again_action": _("%(who)s took up an action again"),
            "publish_appraisal_form": _("%(who)s published an appraisal form"),
        }
    )
    # What one drafts is one's own until it is shared, and so is when.
    register_verb("save_draft", _("%(who)s saved a draft"), Kind.PRIVATE)
    register_verb(READ_PLAN, _("%(who)s read the development plan"), Kind.READING)
