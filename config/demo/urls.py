"""Addresses that exist in a demonstration only."""

from django.urls import path

from config.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.persona_list, name="persona_list"),
    path("sign-in/<str:slug>/", views.persona_sign_in, name="persona_sign_in"),
]
