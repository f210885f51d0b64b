"""What a sample is: a row of ours, one that is not, and a good body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models import Organisation, Person
from courses.models import Session

JSON = "application/json"


@dataclass(frozen=True)
class Sample:
    """``ours`` is a row the client sees, ``hidden`` one that is there and is not for it.

    ``body`` is what a good change sends; ``names`` holds, for each field that names a row, the
    number of one that is not for the client; ``levels.0.person_id`` is a field of the first row.
    ``is_form``: it is sent as a form with a file. ``answers``: what kind of answer comes.
    """

    ours: int | None = None
    hidden: int | None = None
    body: Mapping[str, Any] | None = None
    names: Mapping[str, int] = field(default_factory=dict)
    is_form: bool = False
    answers: str = JSON

    @property
    def content_type(self) -> str:
        return MULTIPART_CONTENT if self.is_form else JSON

    @property
    def sent(self) -> bytes:
        if self.body is None:
            return b""
        if not self.is_form:
            return json.dumps(self.body).encode()
        return encode_multipart(BOUNDARY, self.body)


@dataclass(frozen=True)
class House:
    """One organisation with something in every table that the API reads."""

    organisation: Organisation
    person: Person
    session: Session
    rows: Mapping[str, int]
