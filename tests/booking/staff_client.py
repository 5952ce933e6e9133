"""A browser of the town hall."""

from django.db import connection
from django.test import Client


class StaffClient(Client):
    """A browser on Pauillac's site; once answered, the test is in Pauillac's schema again."""

    def __init__(self, commune):
        super().__init__(headers={"host": "pauillac.localhost"})
        self.commune = commune

    def request(self, **request):
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(self.commune)
