"""The callable that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.readiness import refuse_to_serve_with_powers  # noqa: E402 - Django is ready only now

refuse_to_serve_with_powers()
