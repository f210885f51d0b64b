"""Addresses of the home page, one's news and the demonstration's mailbox."""

from django.conf import settings
from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("", views.home, name="home"),
    path("news/", views.notice_list, name="notice_list"),
    path("news/read/", views.notice_read_all, name="notice_read_all"),
]
if settings.DEMO:
    urlpatterns += [
        path("mailbox/", views.mailbox, name="mailbox_list"),
        path("mailbox/<int:pk>/", views.mail_show, name="mailbox_show"),
        path("mailbox/<int:pk>/page/", views.mail_page, name="mailbox_page"),
    ]
