"""What tests of pages do again and again."""

from django.http import HttpResponse
from django.test import Client

from accounts.models import Person


def signed_in(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
