"""Addresses of long work and of documents: random numbers, and even so only for their owners."""

from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/<uuid:public_id>/", views.job_show, name="job_show"),
    path("documents/", views.document_list, name="document_list"),
    path("documents/<uuid:public_id>/", views.document_download, name="document_download"),
]
