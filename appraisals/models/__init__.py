"""The standard appraisal, its cycles and snapshots, objectives, and development plans."""

from appraisals.models.appraisals import (
    APPRAISAL_WORKFLOW,
    Appraisal,
    AppraisalState,
    Draft,
    Objective,
    ObjectiveState,
    Side,
    Snapshot,
)
from appraisals.models.cycles import AnswerKind, AppraisalForm, Cycle, FormQuestion
from appraisals.models.plans import (
    PLAN_ACTION_WORKFLOW,
    ActionKind,
    ActionState,
    DevelopmentPlan,
    PlanAction,
)

__all__ = [
    "APPRAISAL_WORKFLOW",
    "PLAN_ACTION_WORKFLOW",
    "ActionKind",
    "ActionState",
    "AnswerKind",
    "Appraisal",
    "AppraisalForm",
    "AppraisalState",
    "Cycle",
    "DevelopmentPlan",
    "Draft",
    "FormQuestion",
    "Objective",
    "ObjectiveState",
    "PlanAction",
    "Side",
    "Snapshot",
]
