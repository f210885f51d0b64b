"""Five hundred people ask for a hundred places within a minute, each over HTTP, from two processes.

``RUSH_PEOPLE=50 RUSH_SECONDS=6 make bench ARGS=rush`` is a smaller one: there are places for one in
five. Everything happens in a copy of the database, which is dropped. Each asks at a moment of their
own, whatever those before are waiting for, and what they wait counts from that moment. What comes
of it must be exact, or there is no figure: no answer but a redirect, every place given once, and
everybody else on the list in its order.
"""

import os
import random
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from statistics import median, quantiles
from time import perf_counter, sleep
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from benchmarks.database import addresses, in_a_copy
from benchmarks.row import Row
from courses.models import Enrolment, EnrolmentState, Session
from tests.factories.courses import SessionFactory, colleague_of, entitle
from tests.factories.pathways import follow
from tests.signing_in import sign_in

PEOPLE = int(os.environ.get("RUSH_PEOPLE", "500"))
SECONDS = float(os.environ.get("RUSH_SECONDS", "50"))
PLACES = PEOPLE // 5
PROCESSES, THREADS = 2, 4
AIM_MS = 1_500
# More than that wait at once only where the aim is missed by far; then they wait here as well.
_AT_ONCE = 100
_TO_START, _TO_ANSWER = 120, 30
_CSRF = "x" * 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What one was answered, and after how many milliseconds from when they asked."""

    status: int
    took: float


def run() -> list[Row]:
    with in_a_copy():
        session, cookies = _arranged()
        with _served() as port:
            answers = _rushed(session, cookies, port=port)
        return _rows(session, answers)


def _rows(session: Session, answers: list[Answer]) -> list[Row]:
    took = [answer.took for answer in answers]
    p95 = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    wrong = [answer for answer in answers if answer.status != 302]
    given, waiting = _exactly(session, wrong=wrong)
    title = f"{PEOPLE} ask for {PLACES} places within {SECONDS:.0f} s, {PROCESSES} processes"
    return [
        Row(f"{title}: half are answered within", f"{median(took):.0f} ms", "", None),
        Row("95 in 100 within", f"{p95:.0f} ms", f"aim {AIM_MS:,} ms", p95 / AIM_MS),
        Row("The slowest answer", f"{max(took):.0f} ms", "", None),
        Row("Answers with an error", str(len(wrong)), "aim 0", None),
        Row("Places given once each, people waiting in order", f"{given}, {waiting}", "", None),
    ]


def _arranged() -> tuple[Session, list[str]]:
    """A session with too few places, and the cookie of each of those who want one."""
    now = timezone.now()
    starts_at = now + timedelta(days=60)
    session = SessionFactory(capacity=PLACES, starts_at=starts_at, closes_at=starts_at)
    first, *others = [colleague_of(session) for _ in range(PEOPLE)]
    role = entitle(first, session.offering.programme)
    for person in others:
        follow(person, role)
    return session, [_cookie_of(person) for person in (first, *others)]


def _cookie_of(person: Person) -> str:
    client = Client(SERVER_NAME="localhost")
    sign_in(client, person)
    signed_in = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={signed_in}; {settings.CSRF_COOKIE_NAME}={_CSRF}"


@contextmanager
def _served() -> Iterator[int]:
    """The application as it is served, on a port of its own, until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", str(PROCESSES), "--threads", str(THREADS)),
        *("--log-level", "error", "--no-control-socket"),
    ]
    served = os.environ | addresses() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    with subprocess.Popen(command, env=served) as server:  # noqa: S603 - our own command
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=_TO_ANSWER)


def _wait_for(port: int) -> None:
    until = perf_counter() + _TO_START
    while perf_counter() < until:
        try:
            # Each process answers something before the figures, as one that has served for a while.
            if all(_asked(port, "GET", "/healthz") == 200 for _ in range(4 * PROCESSES)):
                return
        except OSError:
            sleep(0.5)
    raise RuntimeError(f"Nothing was served within {_TO_START} seconds.")


def _rushed(session: Session, cookies: list[str], *, port: int) -> list[Answer]:
    dice = random.Random(session.pk)  # noqa: S311 - moments of a benchmark
    moments = sorted(dice.uniform(0, SECONDS) for _ in cookies)
    path = reverse("courses:session_enrol", args=[session.pk])
    for cookie in cookies[:PROCESSES]:
        _asked(port, "GET", reverse("courses:session_show", args=[session.pk]), cookie)
    began = perf_counter()

    def ask(moment: float, cookie: str) -> Answer:
        sleep(max(0.0, began + moment - perf_counter()))
        status = _asked(port, "POST", path, cookie)
        return Answer(status, (perf_counter() - began - moment) * 1000)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return list(pool.map(ask, moments, cookies))


def _asked(port: int, method: str, path: str, cookie: str = "") -> int:
    """The status of the answer; 0 where there was none."""
    typed = urlencode({"csrfmiddlewaretoken": _CSRF}) if method == "POST" else None
    headers = {"Host": "localhost", "Cookie": cookie}
    if typed:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = HTTPConnection("127.0.0.1", port, timeout=_TO_ANSWER)
    try:
        connection.request(method, path, body=typed, headers=headers)
        response = connection.getresponse()
        response.read()
    except (HTTPException, TimeoutError):
        return 0
    else:
        return response.status
    finally:
        connection.close()


def _exactly(session: Session, *, wrong: list[Answer]) -> tuple[int, int]:
    """How many have a place and how many wait, if that is exactly as it must be."""
    rows = Enrolment.objects.filter(session=session)
    given = dict(rows.filter(state=EnrolmentState.CONFIRMED).values_list("pk", "seat"))
    queue = rows.filter(state=EnrolmentState.WAITING).order_by("queued_at", "pk")
    waiting = list(queue.values_list("pk", flat=True))
    # Rows are numbered under the lock of the session, so that numbers are the order of asking,
    # whatever the clocks of two processes say.
    mistakes = []
    if wrong:
        mistakes.append(f"answers {dict(Counter(answer.status for answer in wrong))}")
    if sorted(given.values()) != list(range(1, PLACES + 1)):
        mistakes.append(f"{len(given)} places of {PLACES}")
    if len(waiting) != PEOPLE - PLACES or waiting != sorted(waiting):
        mistakes.append(f"{len(waiting)} waiting, not all in the order in which they asked")
    if waiting and given and min(waiting) < max(given):
        mistakes.append("somebody waits who asked before a place was given")
    if mistakes:
        raise RuntimeError(f"The rush went wrong: {'; '.join(mistakes)}.")
    return len(given), len(waiting)
