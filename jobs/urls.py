"""Addresses of long work and of documents: random numbers, and even so only for their owners."""

from django.urls import path

from jobs.views import information, work

app_name = "jobs"

urlpatterns = [
    path("jobs/<uuid:public_id>/", work.job_show, name="job_show"),
    path("documents/", work.document_list, name="document_list"),
    path("documents/<uuid:public_id>/", work.document_download, name="document_download"),
    path("your-information/", information.information_show, name="information_show"),
    path("your-information/copy/", information.information_ask, name="information_ask"),
    path(
        "your-information/for-somebody/",
        information.information_ask_for,
        name="information_ask_for",
    ),
]
