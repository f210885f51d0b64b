"""The settings of the figures: the real ones, on a database of their own."""

import os

os.environ.setdefault("EMBEDDED", "1")
os.environ["DEMO"] = "1"
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

DATABASE_NAME = "waymark_bench"
DATABASES["default"]["NAME"] = DATABASE_NAME
# One connection for all, so that whatever is made for a figure can be taken back.
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES["default"]["CONN_MAX_AGE"] = None
ROOT_URLCONF = "benchmarks.urls"
# Addresses of assets without a manifest: nothing is served here.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
