"""Every persona walks through the demonstration: no page they are led to is broken."""

import re
from collections import deque

import pytest
from django.test import Client

from config.demo.personas import PERSONAS, person_of

STEPS = 45
LINK = re.compile(r'href="(/[^"#]*)"')
# Left alone: files, other people's code, and leaving.
ELSEWHERE = ("/static/", "/accounts/", "/api/", "/demo/")


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.slug)
def test_a_persona_can_open_whatever_the_pages_lead_to(world, persona, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client = Client()
    client.force_login(person_of(persona))
    waiting, seen, answers = deque(["/"]), {"/"}, {}

    while waiting and len(answers) < STEPS:
        path = waiting.popleft()
        response = client.get(path)
        answers[path] = response.status_code
        links = LINK.findall(response.content.decode().replace("&amp;", "&"))
        for link in links:
            if link not in seen and not link.startswith(ELSEWHERE):
                seen.add(link)
                waiting.append(link)

    assert {path: code for path, code in answers.items() if code != 200} == {}
    assert len(answers) > 10
