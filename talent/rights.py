"""What talent holds of a person: consent, nominations, judgements, what the search knows."""

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rights import (
    Delete,
    Expiry,
    Holding,
    Keep,
    Link,
    Withheld,
    holds_nobody,
    register,
    register_expiry,
)
from accounts.rights.classes import AUDIT_LOG, TALENT


def declare_rights() -> None:
    _expiries()
    _consent_and_search()
    _nominations()
    _judgements()
    _panels()
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


def _panels() -> None:
    register(
        Holding(
            "talent.PanelMember",
            title=_("Panels of talent pools"),
            record_class=TALENT,
            links=(
                Link(
                    "person",
                    shown=("pool__title", "starts_on", "ends_on"),
                    on_erasure=Delete(),
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


def _expiries() -> None:
    register_expiry(
        Expiry(
            "talent.nominations",
            title=_("Nominations that came to nothing"),
            model_label="talent.Nomination",
            record_class=TALENT,
            due=_decided,
            person="person_id",
            organisation="pool__organisation_id",
            may_destroy=True,
        )
    )
    register_expiry(
        Expiry(
            "talent.judgements",
            title=_("Judgements of readiness that are over"),
            model_label="talent.ReadinessJudgement",
            record_class=TALENT,
            due=lambda before: Q(ends_on__lte=before) | Q(replaced_at__date__lte=before),
            person="person_id",
            organisation="organisation_id",
            may_destroy=True,
        )
    )
    register_expiry(
        Expiry(
            "talent.consents",
            title=_("Consents to be found that are over"),
            model_label="talent.TalentConsent",
            record_class=AUDIT_LOG,
            due=lambda before: Q(ends_on__lte=before),
            person="person_id",
            may_destroy=True,
        )
    )


def _decided(before: date) -> Q:
    """A nomination that was withdrawn before a decision counts from when it was made."""
    undecided = Q(decided_at__isnull=True, nominated_at__date__lte=before)
    return Q(state__in=["DECLINED", "WITHDRAWN"]) & (Q(decided_at__date__lte=before) | undecided)
