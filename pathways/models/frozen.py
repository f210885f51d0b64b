"""What the database refuses once an edition is in use: any change of what it says.

Assessments, roles and courses refer to the rows of an edition. They show on any later day what
they showed on theirs, because those rows cannot change: a new edition is other rows.
"""

import pgtrigger

_FROZEN = """
    IF EXISTS (
        SELECT FROM pathways_frameworkversion version
         WHERE version.frozen_at IS NOT NULL AND version.id IN ({versions})
    ) THEN
        RAISE EXCEPTION 'pgtrigger: Cannot % rows of % in a frozen edition',
            lower(TG_OP), TG_TABLE_NAME;
    END IF;
"""
_OF_ROW = {
    "domain": "{row}.version_id",
    # Not the competency's own column, which another trigger fills from the domain.
    "competency": "SELECT version_id FROM pathways_domain WHERE id = {row}.domain_id",
    "leveldescriptor": "SELECT version_id FROM pathways_competency WHERE id = {row}.competency_id",
    "indicator": """
        SELECT competency.version_id FROM pathways_leveldescriptor descriptor
          JOIN pathways_competency competency ON competency.id = descriptor.competency_id
         WHERE descriptor.id = {row}.descriptor_id
    """,
    "association": "{row}.version_id",
    "associationgroup": "{row}.version_id",
}


def frozen_with_its_edition(table: str) -> pgtrigger.Trigger:
    """Refuse to add, change or delete rows of ``table`` in an edition that is frozen."""
    old, new = (_FROZEN.format(versions=_OF_ROW[table].format(row=row)) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name=f"{table}_is_frozen_with_its_edition",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP <> 'INSERT' THEN {old} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {new}
            RETURN NEW;
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
