"""Who sends requests, and what of an answer tells one row from another."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import Person
from tests.api_client import HrSystem

_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken"\s+value=")[^"]+')
# Below these, endpoints take JSON and nothing that a form could send.
ENDPOINTS = ("/api/", "/ims/")
_HEADERS = ("Content-Type", "Location", "Cache-Control", "Allow", "Content-Disposition")


def _refuse_equality_data(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Nothing reads, joins or counts what people said for monitoring, but one's own page of it."""
    assert "equality.record" not in sql, sql
    assert "equality.read_own" not in sql, sql
    return execute(sql, params, many, context)


def _no_equality_data() -> AbstractContextManager[None]:
    return connection.execute_wrapper(_refuse_equality_data)


@dataclass(frozen=True)
class Caller:
    """A browser somebody has signed in with, nobody's browser, or a program with its token."""

    name: str
    client: Client

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> HttpResponseBase:
        is_reading = method in {"get", "head"}
        is_json = path.startswith(ENDPOINTS) and not is_reading
        if path.startswith(ENDPOINTS) and is_reading:
            # What a change says is no parameter of a reading.
            body = None
        options = {"content_type": "application/json"} if is_json else {}
        watch = nullcontext() if path.startswith("/equality/") else _no_equality_data()
        with watch:
            return getattr(self.client, method)(path, body or {}, headers=headers, **options)


def signed_in(name: str, person: Person) -> Caller:
    client = Client()
    client.force_login(person)
    return Caller(name, client)


def nobody() -> Caller:
    return Caller("nobody", Client())


def program(name: str, system: HrSystem) -> Caller:
    return Caller(name, Client(headers={"Authorization": f"Bearer {system.token}"}))


def bytes_of(response: HttpResponseBase) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)
    return response.content


def told(response: HttpResponseBase, path: str) -> dict[str, Any]:
    """Everything an answer tells its caller, but for the address asked and the form's own token."""
    headers = {name: response.headers.get(name, "").replace(path, "PATH") for name in _HEADERS}
    content = _TOKEN.sub(rb"\1", bytes_of(response)).replace(path.encode(), b"PATH")
    return {"status": response.status_code, **headers, "content": content}
