"""What is printed when the demonstration is ready: whom one may sign in as, and the API client."""

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from config.demo.client import DemoClient
from config.demo.personas import PERSONAS


def write_sign_ins(client: DemoClient) -> str:
    """Write the text that `make run` prints each time, and return it."""
    address = settings.SITE_URL + reverse("demo:persona_list")
    lines = [f"Choose whom to sign in as, with one click: {address}"]
    lines += [f"  {persona.full_name:<18} {persona.title}" for persona in PERSONAS]
    lines += [
        f"An HR system may call the API for {client.organisation}:",
        f"  client id {client.client_id}, secret {client.secret}",
    ]
    path = Path(settings.DATA_DIR) / "sign_ins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "\n".join(lines)
