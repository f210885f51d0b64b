"""Addresses of the map, routes, qualifications, and of writing role profiles and pathways."""

from django.urls import URLPattern, path

from common.api.views import ApiView
from pathways.api import pathway as pathway_api
from pathways.api import role_profiles as role_api
from pathways.api import role_writing as writing_api
from pathways.api import step_writing as step_api
from pathways.views import (
    pathway_map,
    pathway_steps,
    qualifications,
    role_demands,
    role_writing,
)

urlpatterns = [
    path("pathway/map/", pathway_map.map_show, name="map_show"),
    path("roles/<int:pk>/way/", pathway_map.role_routes, name="role_routes"),
    path("pathway/qualifications/", qualifications.qualification_list, name="qualification_list"),
    path("pathway/qualifications/add/", qualifications.qualification_add, name="qualification_add"),
    path(
        "pathway/qualifications/<int:pk>/remove/",
        qualifications.qualification_remove,
        name="qualification_remove",
    ),
    path(
        "people/<int:pk>/qualifications/",
        qualifications.qualifications_show,
        name="qualifications_show",
    ),
    path(
        "qualifications/<int:pk>/check/",
        qualifications.qualification_check,
        name="qualification_check",
    ),
    path("roles/writing/", role_writing.role_writing, name="role_writing"),
    path("roles/writing/new/", role_writing.role_draft, name="role_draft"),
    path("roles/<int:pk>/write/", role_writing.role_write, name="role_write"),
    path("roles/<int:pk>/describe/", role_writing.role_describe, name="role_describe"),
    path("roles/<int:pk>/publish/", role_writing.role_publish, name="role_publish"),
    path("roles/<int:pk>/withdraw/", role_writing.role_withdraw, name="role_withdraw"),
    path("roles/<int:pk>/discard/", role_writing.role_discard, name="role_discard"),
    path("roles/<int:pk>/succeed/", role_writing.role_succeed, name="role_succeed"),
    path("roles/<int:pk>/bring/", role_writing.role_bring, name="role_bring"),
    path("roles/<int:pk>/ask/<int:domain_pk>/", role_demands.role_ask, name="role_ask"),
    path("roles/<int:pk>/family/", role_demands.role_family, name="role_family"),
    path(
        "roles/<int:pk>/family/<int:competency_pk>/",
        role_demands.role_take_level,
        name="role_take_level",
    ),
    path("roles/<int:pk>/groups/add/", role_demands.group_add, name="group_add"),
    path("roles/groups/<int:pk>/add/", role_demands.group_add_inside, name="group_add_inside"),
    path("roles/groups/<int:pk>/change/", role_demands.group_change, name="group_change"),
    path("roles/groups/<int:pk>/remove/", role_demands.group_remove, name="group_remove"),
    path("roles/groups/<int:pk>/conditions/", role_demands.condition_add, name="condition_add"),
    path(
        "roles/conditions/<int:pk>/change/", role_demands.condition_change, name="condition_change"
    ),
    path(
        "roles/conditions/<int:pk>/remove/", role_demands.condition_remove, name="condition_remove"
    ),
    path("roles/<int:pk>/steps/add/", pathway_steps.step_add, name="step_add"),
    path("roles/steps/<int:pk>/change/", pathway_steps.step_change, name="step_change"),
    path("roles/steps/<int:pk>/remove/", pathway_steps.step_remove, name="step_remove"),
]


def _written(*addresses: tuple[str, type[ApiView], str]) -> list[URLPattern]:
    """Addresses below that of a role profile as whoever writes it sees it."""
    return [
        path(f"role-profiles/written/<int:pk>/{tail}", view.as_view(), name=name)
        for tail, view, name in addresses
    ]


api_urlpatterns = [
    path(
        "role-profiles/written/",
        writing_api.WrittenRoleList.as_view(),
        name="written_role_list",
    ),
    path("role-profiles/", writing_api.RoleProfiles.as_view(), name="role_profile_list"),
    path(
        "role-profiles/<int:pk>/",
        role_api.RoleProfileDetail.as_view(),
        name="role_profile_show",
    ),
    path(
        "role-profiles/<int:pk>/routes/from/<int:start_pk>/",
        pathway_api.RoleRoutes.as_view(),
        name="role_routes",
    ),
    path("people/<int:pk>/routes/", pathway_api.PersonRoutes.as_view(), name="person_routes"),
    path("pathway-steps/", pathway_api.PathwayStepList.as_view(), name="pathway_step_list"),
    path("pathway-steps/<int:pk>/", step_api.StepShow.as_view(), name="pathway_step_show"),
    path("pathway-steps/<int:pk>/remove/", step_api.StepRemove.as_view(), name="step_remove"),
    *_written(
        ("", writing_api.WrittenRoleShow, "written_role_show"),
        ("levels/", writing_api.RoleLevels, "role_levels"),
        ("conditions/", writing_api.RoleConditions, "role_conditions"),
        ("family/", writing_api.RoleFamily, "role_family"),
        ("steps/", step_api.RoleSteps, "step_add"),
        ("publish/", writing_api.RolePublish, "role_publish"),
        ("succeed/", writing_api.RoleSucceed, "role_succeed"),
        ("withdraw/", writing_api.RoleWithdraw, "role_withdraw"),
        ("discard/", writing_api.RoleDiscard, "role_discard"),
    ),
    path("pathway-map/", pathway_api.PathwayMapShow.as_view(), name="pathway_map"),
]
