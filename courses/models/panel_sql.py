"""What the database checks by itself wherever a panel chooses, as the bodies of triggers.

A member sits when they have not stood down, have not applied and have declared no interest.
"""

# A member who sits on the panel, and is neither the applicant nor has declared an interest.
_SITS = """
    sat.stood_down_at IS NULL AND sat.person_id <> {sent}.person_id
    AND NOT EXISTS (
        SELECT FROM courses_panelinterest own
         WHERE own.application_id = {sent}.id AND own.member_id = sat.id)
"""

SCORED_BY_WHO_MAY = f"""
    IF NOT EXISTS (
        SELECT FROM courses_intakepanelmember sat
          JOIN courses_application sent
            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id
          JOIN courses_intakecriterion asked
            ON asked.id = NEW.criterion_id AND asked.intake_id = sat.intake_id
         WHERE sat.id = NEW.member_id AND sent.state IN ('SHORTLISTED', 'ASSESSED')
           AND {_SITS.format(sent="sent")}
    ) THEN
        RAISE EXCEPTION 'panel member % does not score application %',
            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

VOTED_BY_WHO_MAY = f"""
    IF NOT EXISTS (
        SELECT FROM courses_intakepanelmember sat
          JOIN courses_application sent
            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id
         WHERE sat.id = NEW.member_id
           AND sent.state = CASE NEW.stage WHEN 'SHORTLIST' THEN 'SUBMITTED' ELSE 'ASSESSED' END
           AND {_SITS.format(sent="sent")}
    ) THEN
        RAISE EXCEPTION 'panel member % does not vote on application %',
            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

INTEREST_OF_ITS_PANEL = """
    IF NOT EXISTS (
        SELECT FROM courses_intakepanelmember sat
          JOIN courses_application sent
            ON sent.id = NEW.application_id AND sent.intake_id = sat.intake_id
         WHERE sat.id = NEW.member_id
    ) THEN
        RAISE EXCEPTION 'panel member % has nothing to do with application %',
            NEW.member_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# Whoever competes for a place does not sit beside those who give it, whichever came first.
PANEL_WITHOUT_APPLICANTS = """
    IF EXISTS (
        SELECT FROM courses_application sent
         WHERE sent.intake_id = NEW.intake_id AND sent.person_id = NEW.person_id
           AND sent.state <> 'WITHDRAWN'
    ) THEN
        RAISE EXCEPTION 'person % has applied to intake %', NEW.person_id, NEW.intake_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM courses_sponsorstatement said
          JOIN courses_application sent ON sent.id = said.application_id
         WHERE sent.intake_id = NEW.intake_id AND said.sponsor_id = NEW.person_id
           AND sent.state <> 'WITHDRAWN'
    ) THEN
        RAISE EXCEPTION 'person % sponsors somebody for intake %', NEW.person_id, NEW.intake_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# Nobody sponsors themselves, nor whom they judge; and only for who has not sent theirs yet.
SPONSORED_BY_WHO_MAY = """
    IF NOT EXISTS (
        SELECT FROM courses_application sent
          JOIN courses_intake held ON held.id = sent.intake_id
         WHERE sent.id = NEW.application_id AND held.asks_sponsor AND sent.state = 'DRAFT'
           AND sent.person_id <> NEW.sponsor_id
           AND NOT EXISTS (
               SELECT FROM courses_intakepanelmember sat
                WHERE sat.intake_id = held.id AND sat.person_id = NEW.sponsor_id
                  AND sat.stood_down_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'person % does not sponsor application %',
            NEW.sponsor_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

STATEMENT_IN_TIME = """
    IF NOT EXISTS (
        SELECT FROM courses_application sent
          JOIN courses_intake held ON held.id = sent.intake_id
         WHERE sent.id = NEW.application_id AND sent.state IN ('DRAFT', 'SUBMITTED')
           AND NEW.given_at < held.closes_at
    ) THEN
        RAISE EXCEPTION 'application % takes no statement any more', NEW.application_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

APPLICANT_NOT_ON_PANEL = """
    IF EXISTS (
        SELECT FROM courses_intakepanelmember sat
         WHERE sat.intake_id = NEW.intake_id AND sat.person_id = NEW.person_id
           AND sat.stood_down_at IS NULL
    ) THEN
        RAISE EXCEPTION 'person % is on the panel of intake %', NEW.person_id, NEW.intake_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# Only a panel assesses, and where there is one nobody is chosen before it has.
_ASSESSED = """
    SELECT quorum INTO needed FROM courses_intake WHERE id = NEW.intake_id;
    IF needed IS NOT NULL AND OLD.state = 'SHORTLISTED'
       AND NEW.state IN ('OFFERED', 'RESERVE', 'NOT_CHOSEN') THEN
        RAISE EXCEPTION 'the panel has not assessed application %', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'ASSESSED' THEN
        SELECT count(*) INTO scored FROM (
            SELECT FROM courses_panelscore given
              JOIN courses_intakepanelmember sat ON sat.id = given.member_id
             WHERE given.application_id = NEW.id AND {sits}
             GROUP BY given.member_id
            HAVING count(*) = (
                SELECT count(*) FROM courses_intakecriterion WHERE intake_id = NEW.intake_id)
        ) complete;
        IF needed IS NULL OR scored < needed THEN
            RAISE EXCEPTION '% of the panel have scored application %', scored, NEW.id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
"""
ASSESSED_BY_QUORUM = _ASSESSED.format(sits=_SITS.format(sent="NEW"))
ASSESSED_DECLARES = [("needed", "INTEGER"), ("scored", "INTEGER")]

# More than half of those who voted, of whom there are enough, and written down by one of them.
_DECIDED = """
    SELECT quorum INTO needed FROM courses_intake held
      JOIN courses_application sent ON sent.intake_id = held.id
     WHERE sent.id = NEW.application_id;
    IF needed IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT count(*),
           count(*) FILTER (
               WHERE vote.is_for = (NEW.outcome IN ('SHORTLISTED', 'OFFERED', 'RESERVE'))),
           count(*) FILTER (WHERE sat.person_id = NEW.decided_by_id)
      INTO votes, agree, own
      FROM courses_panelvote vote
      JOIN courses_intakepanelmember sat ON sat.id = vote.member_id
      JOIN courses_application sent ON sent.id = vote.application_id
     WHERE vote.application_id = NEW.application_id AND vote.stage = NEW.stage
       AND {sits};
    IF votes < needed OR agree * 2 <= votes OR own = 0 THEN
        RAISE EXCEPTION 'the panel has not decided this about application %',
            NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
DECIDED_BY_PANEL = _DECIDED.format(sits=_SITS.format(sent="sent"))
DECIDED_DECLARES = [
    ("needed", "INTEGER"),
    ("votes", "INTEGER"),
    ("agree", "INTEGER"),
    ("own", "INTEGER"),
]
