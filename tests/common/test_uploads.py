from contextlib import closing

import pytest
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from common import forms
from common.http.uploads import CappedUploads


class UploadForm(forms.NHSForm):
    file = forms.FileField(label="File")


@pytest.fixture
def sent(monkeypatch):
    """Sends files of these contents under a cap, and returns what arrives of each."""

    def send(*contents, most):
        monkeypatch.setattr(CappedUploads, "most", most)
        files = {f"f{n}": SimpleUploadedFile(f"{n}.txt", one) for n, one in enumerate(contents)}
        with closing(RequestFactory().post("/", files)) as request:
            return [request.FILES[name].read() for name in files]

    return send


def test_a_file_within_the_cap_arrives_whole(sent):
    assert sent(b"a" * 200_000, most=200_000) == [b"a" * 200_000]


def test_of_a_larger_file_only_so_much_is_stored_that_it_can_be_seen_to_be_too_large(sent):
    [kept] = sent(b"a" * 3_000_000, most=200_000)

    assert 200_000 < len(kept) <= 200_000 + 2 * 64 * 1024


def test_each_file_of_a_request_has_a_cap_of_its_own(sent):
    assert sent(b"a" * 900, b"b" * 900, most=1_000) == [b"a" * 900, b"b" * 900]


def test_a_form_with_a_file_says_what_to_do_without_one():
    form = UploadForm({}, {})

    assert list(form.summary()) == [("Select file", "#id_file")]
    assert form.is_multipart()
    assert isinstance(form.fields["file"].widget, django_forms.FileInput)


def test_an_empty_file_is_left_to_the_service_that_says_more_about_it():
    form = UploadForm({}, {"file": SimpleUploadedFile("a.txt", b"")})

    assert form.is_valid()
