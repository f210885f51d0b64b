"""A draft with two competencies that are tied, and a package that was asked for it."""

from datetime import date

from django.db.models import Model

from accounts.models import Organisation
from pathways.models import Association, Crosswalk, PackageFetch
from tests.factories.accounts import PersonFactory
from tests.factories.authoring import written
from tests.factories.clock import NOW
from tests.factories.pathways import CompetencyFactory, FrameworkFactory, FrameworkVersionFactory


def package_rows(organisation: Organisation, word: str) -> dict[str, Model]:
    draft = written(2, framework=FrameworkFactory(owner=organisation, title=f"Tied {word}"))
    first, second = draft.domains.get().competencies.order_by("position")
    tie = Association.objects.create(
        version=draft,
        kind="isRelatedTo",
        origin=first,
        origin_identifier=first.identifier,
        destination=second,
        destination_identifier=second.identifier,
        destination_title=f"Tie {word}",
    )
    fetch = PackageFetch.objects.create(
        version=draft,
        address=f"https://case.example.org/{word.replace(' ', '-')}",
        asked_by=PersonFactory(family_name=word),
        asked_at=NOW,
        state="FAILED",
        reason=f"Nothing for {word}",
        ended_at=NOW,
    )
    equivalence = Crosswalk.objects.create(
        before=CompetencyFactory(
            # In use before others, so that it is nobody's newest.
            domain__version=FrameworkVersionFactory(
                framework__owner=organisation, valid_from=date(2025, 4, 1)
            )
        ),
        after=second,
        kind="EQUIVALENT",
        reason=f"Stands for {word}",
    )
    return {
        "equivalence": equivalence,
        "tied_draft": draft,
        "tied": first,
        "tie": tie,
        "package_fetch": fetch,
    }
