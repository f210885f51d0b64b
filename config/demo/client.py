"""The demonstration's HR system: a real API client, whose secret is kept beside the database."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.authentication import SCOPES
from accounts.services.clients import create_client
from config.demo.personas import HOME
from config.demo.world import SEEDER, World

CLIENT_NAME = "Demonstration HR system"


@dataclass(frozen=True, slots=True)
class DemoClient:
    """What somebody who tries the API types: never kept outside a demonstration's own folder."""

    client_id: str
    secret: str
    organisation: str


def open_demo_client(world: World) -> DemoClient:
    """Open the client for the personas' trust, with every scope there is."""
    organisation = world.body(HOME).organisation
    client, secret = create_client(
        name=CLIENT_NAME, organisation=organisation, scopes=SCOPES, by=SEEDER, now=world.now
    )
    return DemoClient(str(client.client_id), secret, organisation.name)


def keep(client: DemoClient) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    fields = {name: getattr(client, name) for name in DemoClient.__slots__}
    path.write_text(json.dumps(fields), encoding="utf-8")


def kept() -> DemoClient | None:
    try:
        return DemoClient(**json.loads(_path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _path() -> Path:
    return Path(settings.DATA_DIR) / "demo_client.json"
