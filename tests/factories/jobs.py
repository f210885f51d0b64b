"""Jobs and documents, as tests need them."""

from datetime import date

import factory
from django.core.files.base import ContentFile

from jobs.models import Document, Job
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW


class JobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Job

    owner = factory.SubFactory(PersonFactory)
    kind = "tests.work"
    about_key = factory.Sequence(lambda n: f"plan:{n}")
    title = "Development plan 2026 to 2027"
    asked_at = NOW


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document

    owner = factory.SubFactory(PersonFactory)
    kind = "tests.work"
    title = factory.Sequence(lambda n: f"Development plan {n}")
    filename = "plan.pdf"
    file = factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7 a plan", name="plan.pdf"))
    size = 15
    source_hash = factory.Sequence(lambda n: f"{n:064}")
    made_at = NOW
    expires_on = date(2027, 2, 18)
