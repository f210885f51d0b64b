"""How the ledger's verbs about offered places and sessions that change read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_session_verbs() -> None:
    register_verbs(
        {
            "offer": _("%(who)s offered a place that had become free"),
            "accept_offer": _("%(who)s accepted the place that was offered"),
            "decline_offer": _("%(who)s declined the place that was offered"),
            "save_venue": _("%(who)s described a venue"),
            "save_room": _("%(who)s described a room"),
            "add_meeting": _("%(who)s added a meeting to the session"),
            "change_meeting": _("%(who)s changed a meeting of the session"),
            "change_window": _("%(who)s changed when people can ask and withdraw"),
            "release_place": _("%(who)s released the place"),
            "remove_meeting": _("%(who)s removed a meeting of the session"),
            "renew_calendar": _("%(who)s made an address for their diary"),
            "end_calendar": _("%(who)s took the address for their diary back"),
            "refuse_invitations": _("%(who)s turned invitations by mail off"),
            "take_invitations": _("%(who)s turned invitations by mail on"),
            "move": _("%(who)s moved to another session"),
            "start_telling": _("%(who)s asked to be told about the next session"),
            "stop_telling": _("%(who)s ended being told about the next session"),
            "ask_for_swap": _("%(who)s asked a colleague to swap places"),
            "swap": _("%(who)s swapped places"),
            "decline_swap": _("%(who)s declined to swap places"),
            "take_swap_back": _("%(who)s no longer asked to swap places"),
            "lapse_swap": _("%(who)s ended a request to swap that nobody can answer any more"),
            "lapse": _("%(who)s ended an offer that was not answered in time"),
        }
    )
