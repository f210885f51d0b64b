"""An OpenID provider in a process of its own, and a browser without scripts that goes there."""

import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests

TENANT = "6d1f2c3e-0f3b-4a67-9a1e-2b4c5d6e7f80"
OBJECT = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
OTHER = "ffffffff-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


@dataclass
class Running:
    """The provider's address, and what it is made to say about people."""

    issuer: str

    def knows(self, name: str, **claims: object) -> None:
        """From now on its tokens say ``claims`` about ``name``."""
        answer = requests.put(f"{self.issuer}/users/{name}", json=claims, timeout=10)
        assert answer.status_code == 204, answer.text

    def let_in(self, address: str, name: str) -> str:
        """Sign in there as ``name``; returns the address the provider sends the browser back to."""
        answer = requests.post(address, data={"sub": name}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def turn_away(self, address: str) -> str:
        """Press the button that denies; returns where the provider sends the browser."""
        form = {"action": "deny"}
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def running():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}")
            yield Running(issuer=f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def wait_until_it_answers(issuer: str) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            requests.get(f"{issuer}/.well-known/openid-configuration", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")


def asked(address: str) -> dict[str, str]:
    """The parameters of an address, each given once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def path_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)
