import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver
