"""Notices and digests for tests."""

import factory

from notifications.models import KeptMail, Notice
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW


class NoticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notice

    recipient = factory.SubFactory(PersonFactory)
    rule = "tests.news"
    subject_key = factory.Sequence(lambda n: f"thing:{n}")
    facts = factory.LazyAttribute(lambda notice: {"title": f"Title of {notice.subject_key}"})
    url = "/news/"
    created_at = NOW


class KeptMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = KeptMail

    to = factory.Sequence(lambda n: f"reader{n}@waymark.example")
    subject = factory.Sequence(lambda n: f"Subject {n}")
    text = "Hello"
    html = "<p>Hello</p>"
    message_id = factory.Sequence(lambda n: f"<{n}@waymark.example>")
    kept_at = NOW
