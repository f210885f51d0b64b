import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.models import Subject, SubjectLevel, SubjectSet
from courses.selectors.esr_names import (
    CompetencyName,
    format_competency,
    key_of,
    name_of,
    parse_competency,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "NHS|CSTF|Fire Safety - 2 Years|",
            CompetencyName("NHS", SubjectSet.CSTF, "Fire Safety", 24),
        ),
        ("457|LOCAL|Title|", CompetencyName("457", SubjectSet.LOCAL, "Title")),
        (
            "NHS|CSTF|Safeguarding Children - Level 2 - 3 Years|",
            CompetencyName("NHS", SubjectSet.CSTF, "Safeguarding Children - Level 2", 36),
        ),
        (
            "NHS|CORE|Moving and Handling - 18 Months|",
            CompetencyName("NHS", SubjectSet.CORE, "Moving and Handling", 18),
        ),
        (
            " nhs | mand | Resuscitation  -  1 Year ",
            CompetencyName("NHS", SubjectSet.MANDATORY, "Resuscitation", 12),
        ),
    ],
)
def test_names_of_the_staff_record_are_read(text, name):
    assert parse_competency(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Fire Safety",
        "NHS|CSTF|",
        "NHS|CSTF||",
        "45|LOCAL|Title|",
        "NHS|OTHER|Title|",
        "a|b|c|d",
    ],
)
def test_what_is_no_name_is_none(text):
    assert parse_competency(text) is None


_TITLES = st.text(
    st.characters(exclude_characters="|", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    min_size=1,
    max_size=80,
).map(lambda text: " ".join(text.split()))


@given(
    owner=st.one_of(st.just("NHS"), st.from_regex(r"[0-9]{3}", fullmatch=True)),
    subject_set=st.sampled_from(SubjectSet),
    title=_TITLES,
    months=st.one_of(st.none(), st.integers(1, 999)),
)
def test_what_is_written_is_read_again(owner, subject_set, title, months):
    owner = owner if owner.isascii() else "457"
    try:
        name = CompetencyName(owner, subject_set, title, months)
    except ValueError:
        assume(False)

    assert parse_competency(format_competency(name)) == name


@given(st.text(max_size=120))
def test_whatever_is_typed_is_a_name_or_none(text):
    name = parse_competency(text)

    assert name is None or parse_competency(format_competency(name)) == name


def test_a_level_goes_out_under_its_title_and_period():
    fire = Subject(title="Fire safety", subject_set="CSTF")
    local = Subject(title="Lone working", subject_set="LOCAL", vpd="457")

    names = [
        name_of(SubjectLevel(subject=fire), months=24),
        name_of(SubjectLevel(subject=fire, label="Level 2"), months=1),
        name_of(SubjectLevel(subject=local), months=None),
    ]

    assert [format_competency(name) for name in names] == [
        "NHS|CSTF|Fire safety - 2 Years|",
        "NHS|CSTF|Fire safety - Level 2 - 1 Month|",
        "457|LOCAL|Lone working|",
    ]


def test_titles_that_are_typed_otherwise_are_the_same():
    assert key_of("Infection Prevention & Control") == key_of("infection prevention and control")
    assert key_of("Equality, Diversity and Human Rights") == key_of(
        "Equality Diversity & Human Rights"
    )
    assert key_of("Safeguarding Adults") != key_of("Safeguarding Children")
