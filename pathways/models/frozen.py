"""What the database refuses once an edition is in use: any change of what it says.

Assessments, roles and courses refer to the rows of an edition. They show on any later day what
they showed on theirs, because those rows cannot change: a new edition is other rows.
"""

import pgtrigger

# From the rows of a statement up to the edition they belong to.
_UP_FROM = {
    "domain": "{rows} changed",
    # Not the competency's own column, which another trigger fills from the domain.
    "competency": "{rows} changed JOIN pathways_domain domain ON domain.id = changed.domain_id",
    "leveldescriptor": "{rows} changed"
    " JOIN pathways_competency competency ON competency.id = changed.competency_id",
    "indicator": "{rows} changed"
    " JOIN pathways_leveldescriptor descriptor ON descriptor.id = changed.descriptor_id"
    " JOIN pathways_competency competency ON competency.id = descriptor.competency_id",
    "association": "{rows} changed",
    "associationgroup": "{rows} changed",
}
_NAMED_BY = {
    "domain": "changed",
    "competency": "domain",
    "leveldescriptor": "competency",
    "indicator": "competency",
    "association": "changed",
    "associationgroup": "changed",
}
_EVENTS = {
    "insert": (pgtrigger.Insert, ("new_rows",)),
    "update": (pgtrigger.Update, ("old_rows", "new_rows")),
    "delete": (pgtrigger.Delete, ("old_rows",)),
}


def frozen_with_its_edition(table: str) -> list[pgtrigger.Trigger]:
    """Refuse to add, change or delete rows of ``table`` in an edition that is frozen.

    Once for each statement: row by row, every row would be looked up through the walls of all
    tables above it, and an edition of some thousand parts would take minutes to write.
    """
    return [_frozen(table, event) for event in _EVENTS]


def _frozen(table: str, event: str) -> pgtrigger.Trigger:
    operation, names = _EVENTS[event]
    found = " OR ".join(
        f"""EXISTS (
                SELECT FROM {_UP_FROM[table].format(rows=rows)}
                  JOIN pathways_frameworkversion version
                    ON version.id = {_NAMED_BY[table]}.version_id
                 WHERE version.frozen_at IS NOT NULL
            )"""
        for rows in names
    )
    return pgtrigger.Trigger(
        name=f"{table}_frozen_on_{event}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(
            old="old_rows" if "old_rows" in names else None,
            new="new_rows" if "new_rows" in names else None,
        ),
        func=f"""
            IF {found} THEN
                RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',
                    lower(TG_OP), TG_TABLE_NAME;
            END IF;
            RETURN NULL;
        """,
    )


# What may still change of a frozen edition: its state, until when it is in use, and words about it.
VERSION_STAYS_FROZEN = pgtrigger.Trigger(
    name="framework_version_stays_frozen",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Q(old__frozen_at__isnull=False),
    func="""
        IF TG_OP = 'DELETE' OR (
            NEW.frozen_at, NEW.framework_id, NEW.label, NEW.scale_id, NEW.valid_from,
            NEW.based_on_id, NEW.identifier, NEW."case"
        ) IS DISTINCT FROM (
            OLD.frozen_at, OLD.framework_id, OLD.label, OLD.scale_id, OLD.valid_from,
            OLD.based_on_id, OLD.identifier, OLD."case"
        ) THEN
            RAISE EXCEPTION 'pgtrigger: Cannot % a frozen edition', lower(TG_OP);
        END IF;
        RETURN NEW;
    """,
)

# Whoever changes a level need not see every edition that is measured by it, so this asks as the
# system for one statement, and shows nothing of it.
LEVEL_STAYS_FROZEN = pgtrigger.Trigger(
    name="level_is_frozen_with_its_editions",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("measured", "bigint[]"), ("before", "text"), ("used", "boolean")],
    func="""
        measured := ARRAY[]::bigint[];
        IF TG_OP <> 'INSERT' THEN measured := measured || OLD.scale_id; END IF;
        IF TG_OP <> 'DELETE' THEN measured := measured || NEW.scale_id; END IF;
        before := coalesce(current_setting('waymark.everywhere', true), '');
        PERFORM set_config('waymark.everywhere', 'on', true);
        used := EXISTS (
            SELECT FROM pathways_frameworkversion version
             WHERE version.frozen_at IS NOT NULL AND version.scale_id = ANY(measured)
        ) OR EXISTS (
            SELECT FROM pathways_competency competency
              JOIN pathways_frameworkversion version ON version.id = competency.version_id
             WHERE version.frozen_at IS NOT NULL AND competency.scale_id = ANY(measured)
        );
        PERFORM set_config('waymark.everywhere', before, true);
        IF used THEN
            RAISE EXCEPTION 'pgtrigger: Cannot % levels of a scale that a frozen edition uses',
                lower(TG_OP);
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)

# What people were told of their levels would change with it, and so would everything derived.
COUNTING_RULE_STAYS = pgtrigger.Trigger(
    name="framework_counting_rule_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("counting_rule"),
    condition=pgtrigger.Condition("OLD.counting_rule IS DISTINCT FROM NEW.counting_rule"),
    declare=[("before", "text"), ("used", "boolean")],
    func="""
        before := coalesce(current_setting('waymark.everywhere', true), '');
        PERFORM set_config('waymark.everywhere', 'on', true);
        used := EXISTS (
            SELECT FROM pathways_frameworkversion version
             WHERE version.frozen_at IS NOT NULL AND version.framework_id = NEW.id
        );
        PERFORM set_config('waymark.everywhere', before, true);
        IF used THEN
            RAISE EXCEPTION 'pgtrigger: Cannot change which level counts of a published framework';
        END IF;
        RETURN NEW;
    """,
)
