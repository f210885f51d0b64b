"""Every table, every foreign key to a person and every field has a class under data protection."""

import pytest
from django.apps import apps
from django.db import models

from accounts.models import Person
from accounts.rights import (
    ABOUT_NOBODY,
    HOLDINGS,
    RECORD_CLASSES,
    Delete,
    Holding,
    Link,
    Withheld,
)
from config import data_protection
from tests.architecture.source import ROOT


def every_model():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def links_to_people(model):
    fields = (*model._meta.concrete_fields, *model._meta.local_many_to_many)
    return [field.name for field in fields if field.related_model is Person]


def unclassified(models_, holdings, nobody):
    """A sentence for every table and every foreign key to a person that has no class."""
    for model in models_:
        label, people = model._meta.label, links_to_people(model)
        home = f"{model._meta.app_label}/rights.py"
        if label in nobody and people:
            yield f"{label} is declared to hold nobody, and points to a person: {people}."
        elif label not in nobody and label not in holdings:
            yield (
                f"{label} has no class. Say in {home} what a subject-access pack shows of it and "
                f"what an erasure does with it (register), or that it holds nobody (holds_nobody)."
            )
        elif label in holdings:
            known = {link.path for link in holdings[label].links}
            for name in people:
                if name not in known:
                    yield (
                        f"{label}.{name} points to a person without a class. "
                        f'Add Link("{name}", …) to {label} in {home}.'
                    )


def uncovered(holding):
    """A sentence for every field of a row about a person that is neither shown nor withheld."""
    fields = {field.name: field for field in holding.model._meta.concrete_fields}
    for link in holding.links:
        named = {path.split("__")[0] for path in (link.path, *link.shown, *link.withheld)}
        if link.is_about:
            for name in sorted(set(fields) - named - {holding.model._meta.pk.name}):
                yield (
                    f"{holding.model_label}.{name}: say whether the pack shows it or why it is "
                    f"withheld from whom {link.path} names."
                )
        unknown = sorted(named - set(fields) - {"pk"})
        if unknown:
            yield f"{holding.model_label} has no fields {unknown}, which its rights name."


def test_every_table_and_every_link_to_a_person_has_a_class():
    assert list(unclassified(every_model(), HOLDINGS, ABOUT_NOBODY)) == []


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_every_field_of_a_row_about_a_person_is_shown_or_withheld_with_a_reason(label):
    assert list(uncovered(HOLDINGS[label])) == []


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_no_other_person_is_shown_but_as_a_role(label):
    """A lookup may end at a person, who is shown as a role; it may never go through one."""
    through = [
        path
        for link in HOLDINGS[label].links
        for path in link.shown
        if any(
            getattr(step, "related_model", None) is Person
            for step in steps(HOLDINGS[label].model, path)[:-1]
        )
    ]

    assert through == []


def steps(model, path):
    found = []
    for name in path.split("__"):
        field = model._meta.get_field(name)
        found.append(field)
        model = field.related_model or model
    return found


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_what_goes_on_pointing_to_an_erased_person_says_why(label):
    for link in HOLDINGS[label].links:
        if not isinstance(link.on_erasure, Delete):
            assert str(link.on_erasure.because).endswith(".")


def test_what_is_declared_is_there():
    known = {model._meta.label for model in every_model()}

    assert set(HOLDINGS) - known == set()
    assert set(ABOUT_NOBODY) - known == set()


def test_every_record_class_is_held_by_something_or_is_a_rule_for_what_may_come():
    used = {holding.record_class for holding in HOLDINGS.values()}

    assert set(RECORD_CLASSES) - used == {"EQUALITY"}


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("record-of-processing.md", data_protection.record_page),
        ("impact-assessment.md", data_protection.assessment_page),
    ],
)
def test_the_pages_about_data_protection_are_up_to_date(name, page):
    """Otherwise type `manage.py document_rights`."""
    assert (ROOT / "docs/data-protection" / name).read_text() == page()


# --- The checks themselves find what they are for


@pytest.fixture
def sample():
    """A table that nobody has classed; other tests never hear of it."""

    class Sample(models.Model):
        subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
        told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
        note = models.TextField()

        class Meta:
            app_label = "talent"
            managed = False

        def __str__(self):
            return self.note

    yield Sample
    del apps.all_models["talent"]["sample"]
    apps.clear_cache()


def holding_of(*links):
    return Holding("talent.Sample", title="Samples", record_class="TALENT", links=links)


def test_a_table_without_a_class_is_found(sample):
    [sentence] = unclassified([sample], {}, {})

    assert sentence.startswith("talent.Sample has no class. Say in talent/rights.py what")


def test_a_foreign_key_to_a_person_without_a_class_is_found(sample):
    declared = {"talent.Sample": holding_of(Link("subject", on_erasure=Delete()))}

    [sentence] = unclassified([sample], declared, {})

    assert sentence.startswith("talent.Sample.told_by points to a person without a class.")


def test_a_table_that_is_said_to_hold_nobody_and_does_is_found(sample):
    [sentence] = unclassified([sample], {}, {"talent.Sample": "because"})

    assert sentence.endswith("points to a person: ['subject', 'told_by'].")


def test_a_text_that_is_neither_shown_nor_withheld_is_found(sample):
    link = Link("subject", shown=("told_by",), on_erasure=Delete())

    [sentence] = uncovered(holding_of(link))

    assert sentence.startswith("talent.Sample.note: say whether the pack shows it")


def test_a_text_that_is_withheld_with_a_reason_is_left_alone(sample):
    link = Link(
        "subject",
        shown=("told_by",),
        withheld={"note": Withheld.REFERENCE},
        on_erasure=Delete(),
    )

    assert list(uncovered(holding_of(link))) == []
