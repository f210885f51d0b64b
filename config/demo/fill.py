"""Making the demonstration, part by part, in one transaction."""

from collections.abc import Callable

from django.db import connection

from accounts.scope import run_as
from config.demo import appraising, learning
from config.demo.approvals import write_rules, write_stages
from config.demo.authoring import write_frameworks
from config.demo.client import DemoClient, open_demo_client
from config.demo.closing_gaps import write_what_closes_gaps
from config.demo.delivery import write_evaluations, write_registers
from config.demo.local_roles import write_local_roles
from config.demo.mandatory_training import write_mandatory_training
from config.demo.money import fund_training
from config.demo.people import write_people
from config.demo.planning import plan_from_appraisals
from config.demo.posts import write_posts
from config.demo.rights import write_grants, write_seats
from config.demo.story import tell_story
from config.demo.study_time import write_study_time
from config.demo.talents import write_talent
from config.demo.training import Training
from config.demo.wipe import our_models
from config.demo.world import SEEDER, World, gather_statistics
from talent.services.projection import rebuild


@run_as(SEEDER)
def fill(world: World, *, say: Callable[[str], object]) -> DemoClient:
    """Write everything that is not there yet: people, their year, and the ledger of it."""
    _ready_for_many_rows()
    leavers = write_people(world)
    write_posts(world, leavers)
    write_seats(world)
    write_grants(world)
    say(f"{world.people} people in {len(world.bodies)} organisations.")
    _live_through_the_year(world)
    client = open_demo_client(world)
    say(f"{world.ledger.write()} events in the ledger.")
    gather_statistics(*our_models())
    say(f"{rebuild(now=world.now)} people looked at for the talent search.")
    tell_story(world)
    write_local_roles(world)
    write_frameworks(world)
    return client


def _ready_for_many_rows() -> None:
    """Say that no trigger is to be passed over, before hundreds of thousands of rows are written.

    Where nothing is said, each trigger asks, fails and recovers, and each recovery reads through
    all foreign keys still to be checked at the end: time would grow with the square of the rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _live_through_the_year(world: World) -> None:
    """In the order in which it happens: what people reach depends on what went before."""
    gather_statistics(*our_models())
    levels = learning.Levels(world)
    learning.choose_next_roles(world)
    learning.assess_at_the_beginning(world, levels)
    last = appraising.last_year(world, levels)
    Training(world, levels).write()
    write_study_time(world)
    write_registers(world)
    write_evaluations(world)
    fund_training(world)
    write_rules(world)
    write_stages(world)
    learning.assess_again(world, levels)
    this = appraising.this_year(world, levels)
    plan_from_appraisals(world, last, this)
    levels.write()
    write_what_closes_gaps(world, levels)
    write_mandatory_training(world)
    write_talent(world)
