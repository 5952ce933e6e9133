"""Publish the platform's presets in the library, and let every commune recognise its own."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from library.seeding import seed
from parvis.deferred import defer_to
from tenants.models import Commune


class Command(BaseCommand):
    """Safe to repeat: what has not changed is not published again."""

    help = "Publish the presets as templates; communes attach what they installed from them."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Seed, queue the attachment in each commune, and say what was new."""
        templates, versions = seed(now=timezone.now())
        names = list(Commune.objects.with_schema().real().values_list("schema_name", flat=True))
        with transaction.atomic():
            for name in names:
                defer_to(name, "library.attach")
        self.stdout.write(f"{templates} new templates, {versions} new versions, {len(names)} told")
