"""Row-level security of consent, pools, nominations and the search."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Declared,
    Open,
    Organisation,
    Own,
    Parent,
    Wall,
    Written,
)

_CURSOR = "Says how far the ledger was read, and nothing of anybody."

WALLS: Declared = {
    "talent_talentconsent": Own(("person_id",)),
    # A person's consent reaches the organisations of ``seen_from``, wherever the person works. The
    # search reads the table through the owner's view ``talent_findable``, which asks the same.
    "talent_talentprofile": Wall(
        AnyOf(
            (
                Own(("person_id",)),
                Written("{table}.seen_from && (SELECT waymark_organisations())"),
                Written(
                    "EXISTS (SELECT FROM talent_nomination put"
                    " WHERE put.person_id = {table}.person_id AND waymark_sits_on(put.pool_id))"
                ),
            )
        ),
        seen_by_owner=True,
    ),
    "talent_searchcursor": Open(_CURSOR),
    "talent_searchgap": Open(_CURSOR),
    # That there is a pool is open below the organisation; who is in it is not.
    "talent_pool": AnyOf((Organisation(is_shared=True), Written("waymark_sits_on({table}.id)"))),
    "talent_panelmember": Wall(
        AnyOf((Own(("person_id",)), Parent("pool_id", "talent_pool"))), seen_by_owner=True
    ),
    "talent_nomination": AnyOf(
        (
            Own(("person_id", "nominated_by_id")),
            Written("waymark_sits_on({table}.pool_id)"),
            Written(
                "EXISTS (SELECT FROM talent_pool held WHERE held.id = {table}.pool_id"
                f" AND held.organisation_id = {ORGANISATIONS})"
            ),
        )
    ),
    "talent_readinessjudgement": AnyOf((Organisation(), Own(("person_id", "judged_by_id")))),
}
