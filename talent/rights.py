"""What talent holds of a person: consent, nominations, judgements, what the search knows."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights import Delete, Holding, Keep, Link, Withheld, holds_nobody, register
from accounts.rights.classes import TALENT


def declare_rights() -> None:
    _consent_and_search()
    _nominations()
    _judgements()
    holds_nobody(
        "talent",
        ("Pool", "SearchCursor", "SearchGap"),
        because="A pool is for a kind of role; the others say how far the search has read.",
    )


def _consent_and_search() -> None:
    register(
        Holding(
            "talent.TalentConsent",
            title=_("Consent to be found"),
            record_class=TALENT,
            links=(
                Link(
                    "person",
                    shown=("scope", "starts_on", "ends_on", "given_at", "withdrawn_at"),
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    derived = ("seen_from", "band_rank", "levels", "words")
    register(
        Holding(
            "talent.TalentProfile",
            title=_("What talent teams find"),
            record_class=TALENT,
            links=(
                Link(
                    "person",
                    shown=(
                        "name",
                        "organisation__name",
                        "post_title",
                        "band",
                        "role_profile__title",
                        "aspires_to__title",
                        "readiness",
                        "scope",
                        "consented_until",
                        "found_until",
                        "refreshed_at",
                    ),
                    withheld=dict.fromkeys(derived, Withheld.INTERNAL),
                    on_erasure=Delete(),
                ),
            ),
        )
    )


def _of_another(person: Person) -> Q:
    return ~Q(person=F("nominated_by"))


def _nominations() -> None:
    kept = _("It is the nomination of somebody else.")
    register(
        Holding(
            "talent.Nomination",
            title=_("Nominations"),
            record_class=TALENT,
            key="nomination",
            links=(
                Link(
                    "person",
                    shown=(
                        "pool__title",
                        "nominated_by",
                        "route",
                        "reason",
                        "state",
                        "nominated_at",
                        "decided_at",
                        "decided_by",
                        "decision_reason",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "nominated_by",
                    is_about=False,
                    only=_of_another,
                    shown=("nominated_at", "pool__title"),
                    on_erasure=Keep(kept),
                ),
                Link(
                    "decided_by",
                    is_about=False,
                    shown=("decided_at", "pool__title"),
                    on_erasure=Keep(kept),
                ),
            ),
        )
    )


def _judgements() -> None:
    register(
        Holding(
            "talent.ReadinessJudgement",
            title=_("Judgements of readiness"),
            record_class=TALENT,
            key="readiness",
            links=(
                Link(
                    "person",
                    shown=(
                        "organisation__name",
                        "readiness",
                        "reason",
                        "judged_by",
                        "judged_at",
                        "starts_on",
                        "ends_on",
                        "replaced_at",
                    ),
                    on_erasure=Delete(),
                ),
                Link(
                    "judged_by",
                    is_about=False,
                    shown=("judged_at",),
                    on_erasure=Keep(_("It is a judgement of somebody else.")),
                ),
            ),
        )
    )
