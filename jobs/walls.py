"""Row-level security of the work that waits."""

from accounts.walls import Declared, Open, Own

WALLS: Declared = {
    "jobs_outboxmessage": Open("Holds numbers of rows, never what is in them."),
    "jobs_job": Own(("owner_id",)),
    "jobs_document": Own(("owner_id",)),
    "jobs_heartbeat": Open("Says when a part of the system was seen, and nothing of anybody."),
}
