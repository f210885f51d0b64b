"""Addresses of registers, of completing and of what people have learned."""

from django.urls import path

from courses.api import training_records as api
from courses.views import completion, evaluations, registers, results, training_records

urlpatterns = [
    path(
        "courses/sessions/<int:pk>/attendance/",
        registers.session_attendance,
        name="session_attendance",
    ),
    path(
        "courses/sessions/<int:pk>/completion/",
        completion.session_complete,
        name="session_complete",
    ),
    path("courses/sessions/<int:pk>/results/", results.session_results, name="session_results"),
    path("courses/results/<int:pk>/", results.result_file, name="result_file"),
    path(
        "courses/enrolments/<int:pk>/completion/",
        completion.enrolment_complete,
        name="enrolment_complete",
    ),
    path(
        "courses/offerings/<int:pk>/completion/",
        completion.completion_rule,
        name="completion_rule",
    ),
    path(
        "courses/sessions/<int:pk>/evaluation/",
        evaluations.session_evaluation,
        name="session_evaluation",
    ),
    path(
        "courses/offerings/<int:pk>/evaluation/",
        evaluations.offering_evaluation,
        name="offering_evaluation",
    ),
    path(
        "courses/mine/<int:pk>/evaluation/",
        evaluations.evaluation_answer,
        name="evaluation_answer",
    ),
    path("courses/record/", training_records.training_record_mine, name="training_record_mine"),
    path(
        "courses/record/add/", training_records.external_learning_add, name="external_learning_add"
    ),
    path(
        "courses/people/<int:pk>/record/",
        training_records.training_record_of,
        name="training_record_of",
    ),
    path(
        "courses/mine/<int:pk>/absence/",
        registers.absence_explain,
        name="absence_explain",
    ),
]

api_urlpatterns = [
    path("training-records/", api.TrainingRecordList.as_view(), name="training_record_list"),
]
