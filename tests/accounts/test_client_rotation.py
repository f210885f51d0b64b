"""A program changes its secret while it calls as fast as it can: no call fails.

The last test is the negative control: with the steps in another order calls do fail.
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.services.client_secrets import add_secret, revoke_secret
from accounts.services.clients import create_client
from tests.api_client import HrSystem, token_for
from tests.factories.accounts import OrganisationFactory, employ

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = SystemJob("tests", organisation_ids=None)
CALLERS, CALLS_A_TOKEN = 4, 10


@dataclass
class Program:
    """An HR system of several processes, each with a token of its own that it often renews."""

    client: object
    secret: str
    statuses: Counter = field(default_factory=Counter)
    over: Event = field(default_factory=Event)

    def run(self, _nth):
        try:
            while not self.over.is_set():
                self._spend_a_token()
        finally:
            connection.close()

    def _spend_a_token(self):
        secret = self.secret
        given = token_for(self.client.client_id, secret)
        self.statuses["token", given.status_code, secret] += 1
        if given.status_code != 200:
            return
        system = HrSystem(api_client=self.client, token=given.json()["access_token"])
        for _ in range(CALLS_A_TOKEN):
            self.statuses["call", system.get("/api/v1/people/").status_code, secret] += 1

    def wait_for(self, calls):
        """Until it has made as many calls from now on."""
        enough = self.statuses.total() + calls
        deadline = time.monotonic() + 60
        while self.statuses.total() < enough:
            assert time.monotonic() < deadline, self.statuses
            time.sleep(0.01)

    def failed(self):
        return {what: count for what, count in self.statuses.items() if what[1] != 200}


def calling(change):
    """Let a program call while ``change`` happens to it; returns it."""
    trust = OrganisationFactory()
    employ(organisation=trust)
    client, secret = create_client(
        name="HR", organisation=trust, scopes=["people:read"], by=SYSTEM, now=timezone.now()
    )
    program = Program(client=client, secret=secret)
    with ThreadPoolExecutor(max_workers=CALLERS) as pool:
        running = [pool.submit(program.run, nth) for nth in range(CALLERS)]
        try:
            program.wait_for(calls=50)
            change(program)
            program.wait_for(calls=50)
        finally:
            program.over.set()
        for one in running:
            one.result()
    return program


def change_over(program):
    old = program.client.secrets.get()
    _secret, program.secret = add_secret(client=program.client, by=SYSTEM, now=timezone.now())
    # Every process has spent the tokens of the old secret once each has begun another.
    program.wait_for(calls=3 * CALLERS * CALLS_A_TOKEN)
    revoke_secret(secret=old, by=SYSTEM, now=timezone.now())


def revoke_first(program):
    revoke_secret(secret=program.client.secrets.get(), by=SYSTEM, now=timezone.now())
    _secret, program.secret = add_secret(client=program.client, by=SYSTEM, now=timezone.now())


def test_no_call_fails_while_a_secret_is_changed_over():
    program = calling(change_over)

    assert program.failed() == {}
    used = {secret for _what, _status, secret in program.statuses}
    assert len(used) == 2


def test_calls_fail_when_the_old_secret_ends_before_the_new_one_is_used():
    program = calling(revoke_first)

    assert {status for _what, status, _secret in program.failed()} == {401}
