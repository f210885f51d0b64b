"""Row-level security of what people are told."""

from accounts.walls import Declared, Open, Own

WALLS: Declared = {
    "notifications_digest": Own(("recipient_id",)),
    "notifications_notice": Own(("recipient_id",)),
    "notifications_reminderday": Open("Says which days were read, and nothing of anybody."),
    "notifications_keptmail": Open("Only a demonstration keeps mail, for everybody to read."),
}
