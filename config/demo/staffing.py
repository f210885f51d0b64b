"""Which posts an organisation of a given size has, and which post answers to which."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from accounts.models import Band, PaySystem, StaffGroup

SMALLEST_TRUST = 25
SMALLEST_BOARD = 9
_SMALL_BRANCH = 300


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of post. ``role`` is the code of its role profile, if it has one."""

    role: str
    title: str
    band: str
    staff_group: str = StaffGroup.ADMINISTRATIVE_AND_CLERICAL
    units: str = ""

    @property
    def pay_system(self) -> str:
        if not self.band:
            return PaySystem.MEDICAL
        return PaySystem.VSM if self.band == Band.VSM else PaySystem.AFC


@dataclass(frozen=True, slots=True)
class Branch:
    """A director's part of an organisation: the levels below, and who is on the lowest."""

    head: Job
    share: int
    rungs: tuple[Job, ...]
    leaves: tuple[Job, ...]
    fewest: int = 1


@dataclass(slots=True)
class Place:
    """A post to fill. ``manager`` is the number of the place above; the first place has none."""

    job: Job
    title: str
    manager: int | None
    unit: str
    unit_above: str


_NURSING = StaffGroup.NURSING_AND_MIDWIFERY
_DOCTORS = StaffGroup.MEDICAL_AND_DENTAL

UNIT_NAMES: dict[str, str] = {
    "division": "Medicine|Surgery|Women and children|Emergency care|Cancer|Diagnostics|Community"
    "|Mental health|Critical care|Therapies|Older people|Outpatients",
    "service": "Cardiology|Orthopaedics|Emergency department|Gastroenterology|Maternity|Imaging"
    "|Urology|Stroke|Renal|Ophthalmology|Dermatology|Paediatrics|Oncology|Respiratory|Endoscopy"
    "|Theatres|Neurology|Rheumatology|Diabetes|Pathology|Pharmacy|Crisis team|District nursing"
    "|Ear, nose and throat|Haematology|Frailty|Pain clinic|Vascular|Dietetics|Physiotherapy",
    "ward": "Ash|Beech|Cedar|Elm|Hawthorn|Hazel|Holly|Juniper|Larch|Lime|Maple|Oak|Poplar|Rowan"
    "|Sycamore|Willow|Yew|Alder|Birch|Chestnut|Damson|Elder|Fern|Heather|Ivy|Lavender",
    "theme": "Planned care|Urgent care|Primary care|Population health|Mental health|Children"
    "|Digital|Estates|Medicines|Cancer|Prevention|Maternity",
}

_CHIEF = Job("chief-executive", "Chief executive", Band.VSM)
_COO = Job("chief-operating-officer", "Chief operating officer", Band.VSM)
_SERVICE_MANAGER = Job("service-manager", "Service manager", Band.BAND_8A, units="service")
_WARD_MANAGER = Job("ward-manager", "Ward manager", Band.BAND_7, _NURSING, units="ward")
_ROTA_COORDINATOR = Job("rota-coordinator", "Rota coordinator", Band.BAND_4)
_TEAM_LEADER = Job("team-leader", "Team leader", Band.BAND_6)
_DEPUTY_WARD_MANAGER = Job("team-leader", "Deputy ward manager", Band.BAND_6, _NURSING)
_HR_PARTNER = Job("hr-business-partner", "HR business partner", Band.BAND_8A)
_SENIOR_HR_PARTNER = Job("hr-business-partner", "Senior HR business partner", Band.BAND_8B)
_FINANCE_MANAGER = Job("finance-manager", "Finance manager", Band.BAND_8A)
_SENIOR_FINANCE_MANAGER = Job("finance-manager", "Senior finance manager", Band.BAND_8B)

TRUST = (
    Branch(
        _COO,
        48,
        (
            Job("deputy-chief-operating-officer", "Deputy chief operating officer", Band.BAND_9),
            Job("general-manager", "General manager", Band.BAND_8C, units="division"),
            _SERVICE_MANAGER,
        ),
        # A service has a ward manager and a rota coordinator before it has a second team leader.
        (_WARD_MANAGER, _ROTA_COORDINATOR, *[_TEAM_LEADER] * 4),
    ),
    Branch(
        Job("chief-nurse", "Chief nurse", Band.VSM, _NURSING),
        34,
        (
            Job(
                "deputy-director-of-nursing",
                "Deputy director of nursing",
                Band.BAND_8D,
                _NURSING,
            ),
            Job("matron", "Matron", Band.BAND_8A, _NURSING, units="division"),
            _WARD_MANAGER,
        ),
        (_DEPUTY_WARD_MANAGER,),
    ),
    Branch(
        Job("director-of-people", "Director of people", Band.VSM),
        7,
        (
            Job("deputy-director-of-people", "Deputy director of people", Band.BAND_8D),
            _SENIOR_HR_PARTNER,
        ),
        (_HR_PARTNER,),
        fewest=5,
    ),
    Branch(
        Job("director-of-finance", "Director of finance", Band.VSM),
        6,
        (
            Job("deputy-director-of-finance", "Deputy director of finance", Band.BAND_8D),
            _SENIOR_FINANCE_MANAGER,
        ),
        (_FINANCE_MANAGER,),
    ),
    Branch(
        Job("", "Medical director", "", _DOCTORS),
        5,
        (
            Job("", "Deputy medical director", "", _DOCTORS),
            Job("", "Clinical director", "", _DOCTORS, units="division"),
        ),
        (Job("", "Lead consultant", "", _DOCTORS),),
    ),
)
BOARD = (
    Branch(
        Job("chief-operating-officer", "Chief delivery officer", Band.VSM),
        60,
        (Job("general-manager", "Head of commissioning", Band.BAND_8C, units="theme"),),
        (Job("service-manager", "Commissioning manager", Band.BAND_8A),),
    ),
    Branch(
        Job("director-of-people", "Chief people officer", Band.VSM),
        20,
        (),
        (_HR_PARTNER,),
        fewest=2,
    ),
    Branch(
        Job("director-of-finance", "Chief finance officer", Band.VSM),
        20,
        (),
        (_FINANCE_MANAGER,),
    ),
)


def staff(headcount: int, branches: tuple[Branch, ...], *, chief: str) -> list[Place]:
    """Return exactly ``headcount`` places, each after the one it answers to."""
    places = [Place(Job(_CHIEF.role, chief, _CHIEF.band), chief, None, "Executive", "")]
    names = {kind: _endless(text) for kind, text in UNIT_NAMES.items()}
    heads = []
    for branch in branches:
        heads.append(len(places))
        places.append(Place(branch.head, branch.head.title, 0, "Executive", ""))
    for head, branch, size in zip(
        heads, branches, _sizes(headcount - len(places), branches), strict=True
    ):
        _grow(places, head, branch, size, names)
    return places


def _endless(text: str) -> Iterator[str]:
    """Unit names are unique in an organisation: Oak, and when all are used, Oak 2."""
    for number in count(1):
        for name in text.split("|"):
            yield name if number == 1 else f"{name} {number}"


def _sizes(left: int, branches: tuple[Branch, ...]) -> list[int]:
    shares = sum(branch.share for branch in branches)
    sizes = [max(branch.fewest, left * branch.share // shares) for branch in branches]
    sizes[0] += left - sum(sizes)
    return sizes


def _grow(
    places: list[Place], head: int, branch: Branch, size: int, names: dict[str, Iterator[str]]
) -> None:
    """Add the people of one branch, level by level, each level spread evenly over the one above."""
    above = [head]
    rungs = branch.rungs[max(0, len(branch.rungs) + 1 - size) :]
    levels = _levels(size, len(rungs))
    for jobs, number in zip([*((rung,) for rung in rungs), branch.leaves], levels, strict=True):
        below = []
        position: dict[int, int] = {}
        for index in range(number):
            manager = above[index * len(above) // number]
            nth = position.setdefault(manager, 0)
            position[manager] += 1
            below.append(len(places))
            places.append(_place(jobs[nth % len(jobs)], manager, places, names))
        above = below


def _levels(size: int, rungs: int) -> list[int]:
    """Split ``size`` people over ``rungs`` levels of managers and one level below them."""
    span = 6 if size < _SMALL_BRANCH else 8
    levels: list[int] = []
    for leaves in range(size, 0, -1):
        levels = [leaves]
        for _ in range(rungs):
            levels.insert(0, -(-levels[0] // span))
        if sum(levels) <= size:
            break
    levels[-1] += size - sum(levels)
    return levels


def _place(job: Job, manager: int, places: list[Place], names: dict[str, Iterator[str]]) -> Place:
    above = places[manager]
    if not job.units:
        unit, unit_above = above.unit, above.unit_above
        title = job.title if unit == "Executive" else f"{job.title}, {unit}"
        return Place(job, title, manager, unit, unit_above)
    name = next(names[job.units])
    unit = f"{name} ward" if job.units == "ward" else name
    return Place(job, f"{job.title}, {unit}", manager, unit, above.unit)
