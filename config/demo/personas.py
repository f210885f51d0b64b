"""The people anybody may sign in as in the demonstration: stable names, posts and addresses."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from config.demo.names import DOMAIN

SYSTEM_CODES = {"QJ2": ("RTG", "RFS", "RXM"), "QT1": ("RX1", "RK5", "RHA")}
REGION_CODE = "Y60"
HOME = "RTG"  # the trust in which most personas work
HOME_SYSTEM = "QJ2"


@dataclass(frozen=True, slots=True)
class Persona:
    """One invented person. ``role`` and ``nth`` say which post of ``body`` they hold.

    An empty ``role`` is a seat on the board.
    """

    slug: str
    given_name: str
    family_name: str
    body: str
    role: str
    title: str | Promise
    can_do: str | Promise
    nth: int = 0

    @property
    def email(self) -> str:
        return f"{self.slug}@{DOMAIN}"

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


PERSONAS = (
    Persona(
        "amara.okafor",
        "Amara",
        "Okafor",
        HOME,
        "ward-manager",
        _("Ward manager"),
        _(
            "Sees what the role asks for and her gap, enrols on a course, prepares her appraisal "
            "and turns her development plan into a PDF."
        ),
    ),
    Persona(
        "daniel.hughes",
        "Daniel",
        "Hughes",
        HOME,
        "service-manager",
        _("Service manager, Amara's line manager"),
        _("Approves training, writes and signs the appraisals of his team, sees their gaps."),
    ),
    Persona(
        "ewa.kowalska",
        "Ewa",
        "Kowalska",
        HOME,
        "rota-coordinator",
        _("Rota coordinator, band 4"),
        _("Starts on the pathway: a first course by entitlement, a next role to choose."),
    ),
    Persona(
        "priya.raman",
        "Priya",
        "Raman",
        HOME,
        "general-manager",
        _("General manager, Daniel's line manager"),
        _("Sees two lines of management, and lets the talent teams of the region find her."),
    ),
    Persona(
        "margaret.sinclair",
        "Margaret",
        "Sinclair",
        HOME,
        "chief-executive",
        _("Chief executive"),
        _("Is appraised by the chair on the same form as everybody else."),
    ),
    Persona(
        "yusuf.ahmed",
        "Yusuf",
        "Ahmed",
        HOME,
        "hr-business-partner",
        _("Learning lead of the trust"),
        _("Runs sessions, takes the register, raises the number of places, sees who waits."),
    ),
    Persona(
        "sian.pritchard",
        "Siân",
        "Pritchard",
        HOME,
        "hr-business-partner",
        _("HR administrator of the trust"),
        _("Opens the appraisal cycle and follows how far it is."),
        nth=1,
    ),
    Persona(
        "kwame.boateng",
        "Kwame",
        "Boateng",
        HOME,
        "deputy-director-of-people",
        _("Talent lead of the trust"),
        _("Searches among those who consented, decides on nominations, judges readiness."),
    ),
    Persona(
        "niamh.gallagher",
        "Niamh",
        "Gallagher",
        HOME_SYSTEM,
        "hr-business-partner",
        _("Talent lead of the integrated care board"),
        _("Finds only those who opened their profile to the system or the region."),
    ),
    Persona(
        "ruth.abrams",
        "Ruth",
        "Abrams",
        HOME,
        "finance-manager",
        _("Auditor and data protection officer of the trust"),
        _(
            "Searches the ledger, reviews emergency access, keeps the rules of how long records "
            "are kept."
        ),
    ),
    Persona(
        "owen.davies",
        "Owen",
        "Davies",
        HOME,
        "director-of-people",
        _("Organisation administrator of the trust"),
        _("Gives roles, lets programs call the API, helps colleagues who cannot sign in."),
    ),
    Persona(
        "harpreet.sandhu",
        "Harpreet",
        "Sandhu",
        HOME,
        "",
        _("Non-executive director"),
        _("Belongs to the board without being employed, and may choose a role to work towards."),
    ),
)
BY_SLUG = {persona.slug: persona for persona in PERSONAS}


def filled_personas() -> frozenset[str]:
    """The e-mail addresses of personas that are there to sign in as."""
    addresses = [persona.email for persona in PERSONAS]
    found = Person.objects.filter(email__in=addresses, is_active=True)
    return frozenset(found.values_list("email", flat=True))


def person_of(persona: Persona) -> Person | None:
    """The row of a persona, if the demonstration has been filled."""
    return Person.objects.filter(email=persona.email, is_active=True).first()
