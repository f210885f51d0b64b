"""Row-level security of funds, commitments and the rules by which organisations pay."""

from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    Concerning,
    Declared,
    Organisation,
    Own,
    Parent,
    Wall,
    Written,
)

WALLS: Declared = {
    "courses_moneyrule": Organisation(),
    "courses_fund": AnyOf((Organisation(), Concerning(), Own(("holder_id",)))),
    "courses_fund_programmes": Parent("fund_id", "courses_fund"),
    "courses_commitment": Parent("fund_id", "courses_fund"),
    "courses_statement": AnyOf((Organisation("host_id"), Organisation("payer_id"))),
    "courses_statementline": Parent("statement_id", "courses_statement"),
    # Of its own organisation, of whoever runs the session, and of who counts seats under the lock.
    "courses_seatallotment": Wall(
        AnyOf(
            (
                Organisation(),
                Written("{table}.session_id = (SELECT waymark_session())"),
                Written(
                    "EXISTS (SELECT FROM courses_session held"
                    " JOIN courses_offering run ON run.id = held.offering_id"
                    " WHERE held.id = {table}.session_id"
                    f" AND (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
                ),
            )
        ),
        seen_by_owner=True,
    ),
}
