"""What the database refuses of role profiles: a family that is none, parts of another role."""

import pgtrigger

ROLE_PROFILE_TRIGGERS = [
    pgtrigger.Trigger(
        name="role_profile_follows_a_family",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("parent_id", "version_id", "is_family", "owner_id"),
        declare=[("upper", "pathways_roleprofile")],
        func="""
            IF NEW.parent_id IS NOT NULL THEN
                SELECT * INTO upper FROM pathways_roleprofile WHERE id = NEW.parent_id;
                IF upper.id IS NULL OR NOT upper.is_family
                    OR upper.version_id <> NEW.version_id
                THEN
                    RAISE EXCEPTION 'role profile % is no family of the same edition', NEW.parent_id
                        USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            IF NOT NEW.is_family AND EXISTS (
                SELECT FROM pathways_roleprofile WHERE parent_id = NEW.id
            ) THEN
                RAISE EXCEPTION 'role profile % has members and stays a family', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]

REQUIREMENT_TRIGGERS = [
    pgtrigger.Trigger(
        name="requirement_inherits_from_its_family",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("inherited_from_id", "role_profile_id", "competency_id"),
        condition=pgtrigger.Q(new__inherited_from__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT FROM pathways_requirement source
                  JOIN pathways_roleprofile role ON role.id = NEW.role_profile_id
                 WHERE source.id = NEW.inherited_from_id
                   AND source.role_profile_id = role.parent_id
                   AND source.competency_id = NEW.competency_id
            ) THEN
                RAISE EXCEPTION 'requirement % is none of its family', NEW.inherited_from_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]

GROUP_TRIGGERS = [
    pgtrigger.Trigger(
        name="requirement_group_nests_in_its_role",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "role_profile_id"),
        condition=pgtrigger.Q(new__parent__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT FROM pathways_requirementgroup
                 WHERE id = NEW.parent_id AND role_profile_id = NEW.role_profile_id
            ) THEN
                RAISE EXCEPTION 'group % is of another role profile', NEW.parent_id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                WITH RECURSIVE above(id) AS (
                    SELECT NEW.parent_id
                    UNION
                    SELECT upper.parent_id FROM pathways_requirementgroup upper
                      JOIN above ON above.id = upper.id
                     WHERE upper.parent_id IS NOT NULL
                )
                SELECT FROM above WHERE id = NEW.id
            ) THEN
                RAISE EXCEPTION 'group % would hold itself', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    ),
]
