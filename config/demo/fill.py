"""Making the demonstration, part by part, in one transaction."""

from collections.abc import Callable

from django.db import transaction

from config.demo.people import write_people
from config.demo.posts import write_posts
from config.demo.rights import write_grants, write_seats
from config.demo.world import World


@transaction.atomic
def fill(world: World, *, say: Callable[[str], object]) -> None:
    """Write everything that is not there yet: people, their year, and the ledger of it."""
    leavers = write_people(world)
    write_posts(world, leavers)
    write_seats(world)
    write_grants(world)
    say(f"{world.people} people in {len(world.bodies)} organisations.")
    say(f"{world.ledger.write()} events in the ledger.")
