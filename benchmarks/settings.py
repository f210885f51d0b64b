"""The settings of the figures: the real ones, on a database of their own."""

import os

os.environ.setdefault("EMBEDDED", "1")
os.environ["DEMO"] = "1"
os.environ.setdefault("LOG_LEVEL", "ERROR")

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

DATABASE_NAME = "waymark_bench"
for _database in DATABASES.values():
    _database["NAME"] = DATABASE_NAME
# The superuser goes on as the application's role (benchmarks.roles), and can leave it. That of the
# embedded server is let in by its socket.
DATABASES["default"]["USER"] = os.environ.get("BENCHMARKS_SUPERUSER", "postgres")
DATABASES["default"]["OPTIONS"]["options"] = "-c role=waymark_web -c waymark.everywhere=on"
# One connection for all, so that whatever is made for a figure can be taken back.
DATABASES["default"]["OPTIONS"].pop("pool", None)
DATABASES["default"]["CONN_MAX_AGE"] = None
ROOT_URLCONF = "benchmarks.urls"
# Addresses of assets without a manifest: nothing is served here.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
