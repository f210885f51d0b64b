"""Addresses of those who write frameworks."""

from django.urls import path

from pathways.api import authoring as api
from pathways.api import comments as comments_api
from pathways.api import items as items_api
from pathways.api import placing as placing_api
from pathways.api import reviews as reviews_api
from pathways.api import scales as scales_api
from pathways.views import authoring, collaborators, comments, items, placing, reviews

urlpatterns = [
    path("authoring/", authoring.authoring_list, name="authoring_list"),
    path("authoring/new/", authoring.authoring_create, name="authoring_create"),
    path("authoring/scales/", authoring.scale_list, name="scale_list"),
    path("authoring/scales/new/", authoring.scale_create, name="scale_create"),
    path("authoring/<int:pk>/", authoring.authoring_show, name="authoring_show"),
    path("authoring/<int:pk>/about/", authoring.authoring_edit, name="authoring_edit"),
    path("authoring/<int:pk>/edition/", authoring.edition_edit, name="edition_edit"),
    path("authoring/<int:pk>/domains/new/", items.domain_add, name="domain_add"),
    path("authoring/domains/<int:pk>/", items.domain_edit, name="domain_edit"),
    path("authoring/domains/<int:pk>/move/", placing.domain_move, name="domain_move"),
    path("authoring/domains/<int:pk>/remove/", placing.domain_remove, name="domain_remove"),
    path("authoring/domains/<int:pk>/new/", items.competency_add, name="competency_add"),
    path("authoring/competencies/<int:pk>/", items.competency_edit, name="competency_edit"),
    path("authoring/competencies/<int:pk>/levels/", items.levels_edit, name="levels_edit"),
    path("authoring/competencies/<int:pk>/move/", placing.competency_move, name="competency_move"),
    path(
        "authoring/competencies/<int:pk>/move-to/",
        placing.competency_move_to,
        name="competency_move_to",
    ),
    path(
        "authoring/competencies/<int:pk>/remove/",
        placing.competency_remove,
        name="competency_remove",
    ),
    path("authoring/<int:pk>/people/", collaborators.people_list, name="people_list"),
    path("authoring/people/<int:pk>/end/", collaborators.people_end, name="people_end"),
    path("authoring/<int:pk>/comments/", comments.comment_list, name="comment_list"),
    path("authoring/comments/<int:pk>/reply/", comments.comment_reply, name="comment_reply"),
    path("authoring/comments/<int:pk>/settle/", comments.comment_settle, name="comment_settle"),
    path("authoring/<int:pk>/reviews/", reviews.review_list, name="review_list"),
    path("authoring/<int:pk>/reviews/new/", reviews.review_ask, name="review_ask"),
    path("authoring/<int:pk>/take-back/", reviews.review_take_back, name="review_take_back"),
    path("authoring/reviews/<int:pk>/", reviews.review_show, name="review_show"),
    path("authoring/<int:pk>/publish/", reviews.framework_publish, name="framework_publish"),
    path("authoring/<int:pk>/retire/", reviews.framework_retire, name="framework_retire"),
    path("frameworks/<int:pk>/print/", authoring.framework_print, name="framework_print"),
]

api_urlpatterns = [
    path("scales/", scales_api.ScaleList.as_view(), name="scale_list"),
    path("authoring/", api.WrittenEditionList.as_view(), name="authoring_list"),
    path("authoring/<int:pk>/", api.WrittenEditionDetail.as_view(), name="authoring_show"),
    path("authoring/<int:pk>/about/", api.FrameworkAbout.as_view(), name="authoring_about"),
    path("authoring/<int:pk>/next/", api.NextEdition.as_view(), name="authoring_next"),
    path("authoring/<int:pk>/domains/", items_api.DomainList.as_view(), name="domain_list"),
    path(
        "authoring/<int:pk>/competencies/",
        items_api.CompetencyList.as_view(),
        name="competency_list",
    ),
    path(
        "authoring/<int:pk>/comments/",
        comments_api.CommentList.as_view(),
        name="framework_comments",
    ),
    path(
        "authoring/<int:pk>/reviewers/",
        reviews_api.ReviewerList.as_view(),
        name="framework_reviewers",
    ),
    path("authoring/<int:pk>/reviews/", reviews_api.ReviewList.as_view(), name="framework_reviews"),
    path(
        "authoring/<int:pk>/take-back/",
        reviews_api.DraftTakeBack.as_view(),
        name="framework_take_back",
    ),
    path(
        "authoring/<int:pk>/publish/", reviews_api.Publication.as_view(), name="framework_publish"
    ),
    path("authoring/<int:pk>/retire/", reviews_api.Retirement.as_view(), name="framework_retire"),
    path("comments/<int:pk>/", comments_api.CommentDetail.as_view(), name="framework_comment_show"),
    path(
        "comments/<int:pk>/replies/",
        comments_api.CommentReplies.as_view(),
        name="framework_comment_reply",
    ),
    path(
        "comments/<int:pk>/settle/",
        comments_api.CommentSettle.as_view(),
        name="framework_comment_settle",
    ),
    path("domains/<int:pk>/", items_api.DomainDetail.as_view(), name="domain_show"),
    path("domains/<int:pk>/move/", placing_api.DomainMove.as_view(), name="domain_move"),
    path("domains/<int:pk>/remove/", placing_api.DomainRemove.as_view(), name="domain_remove"),
    path(
        "domains/<int:pk>/competencies/",
        items_api.DomainCompetencies.as_view(),
        name="domain_competencies",
    ),
    path("competencies/<int:pk>/", items_api.CompetencyDetail.as_view(), name="competency_show"),
    path(
        "competencies/<int:pk>/levels/",
        items_api.CompetencyLevels.as_view(),
        name="competency_levels",
    ),
    path(
        "competencies/<int:pk>/move/", placing_api.CompetencyMove.as_view(), name="competency_move"
    ),
    path(
        "competencies/<int:pk>/move-to/",
        placing_api.CompetencyMoveTo.as_view(),
        name="competency_move_to",
    ),
    path(
        "competencies/<int:pk>/remove/",
        placing_api.CompetencyRemove.as_view(),
        name="competency_remove",
    ),
]
