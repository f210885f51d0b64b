"""The settings of the tests: the real ones in the embedded mode, made quick and quiet."""

import os

os.environ.setdefault("EMBEDDED", "1")
os.environ.setdefault("DEMO", "1")

from config.settings import *  # noqa: F403
from config.settings import CACHES, CALLS_A_MINUTE, DATA_DIR, DATABASES, STORAGES

# Tests of races open a connection in each of their threads: more than one process ever would.
DATABASES["default"]["OPTIONS"].pop("pool")
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Even what reaches the database before the tests have made theirs (or empties it) never finds the
# one that a developer works with. A worker that a test starts is given the tests' own by its name.
_OWN = "test_" + DATABASES["default"]["NAME"].removeprefix("test_")
if part := os.environ.get("TESTS_PART"):  # beside another run; see scripts/run_tests.py
    _OWN = f"{_OWN.removesuffix(f'_{part}')}_{part}"
DATABASES["default"] |= {"NAME": _OWN, "TEST": {"NAME": _OWN}}
DATABASES["owner"] |= {"NAME": _OWN}
CACHES["default"]["KEY_FUNCTION"] = "tests.cache.own_key"
# Addresses of assets without a manifest, so that no test needs collectstatic first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# WhiteNoise warns of a folder that is not there; nothing is collected into this one.
STATIC_ROOT = DATA_DIR / "no-assets"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests call as fast as they can; those of the limits set their own.
CALLS_A_MINUTE = dict.fromkeys(CALLS_A_MINUTE, 1_000_000)
