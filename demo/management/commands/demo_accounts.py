"""Print the addresses and accounts of the demo: ``parvis demo_accounts``."""

from typing import Any

from django.core.management.base import BaseCommand

from demo import seed, story
from tenants.hosts import absolute_url, home_pages
from tenants.models import Association, Commune


class Command(BaseCommand):
    """Say where to go and who to be."""

    help = "Print the addresses and accounts of the demo."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """List the sites, then the accounts with their one password."""
        if not seed.is_loaded():
            self.stdout.write("The demo is not loaded: run `parvis demo_load`.")
            return
        association = Association.objects.get(slug=story.ASSOCIATION_SLUG)
        communes = list(Commune.objects.open().filter(association=association))
        self.stdout.write(f"Portal       {absolute_url('portal', '/')}")
        self.stdout.write(f"Association  {absolute_url(association, '/')}")
        for commune, address in zip(communes, self._pages(communes), strict=True):
            self.stdout.write(f"Commune      {address}  ({commune.name})")
        self.stdout.write(f"\nAccounts, password {story.PASSWORD}:")
        for slug, role, email in seed.accounts():
            self.stdout.write(f"  {email:<55} {role:<14} {slug}")

    def _pages(self, communes: list[Commune]) -> list[str]:
        pages = home_pages(communes)
        return [pages[commune.pk] for commune in communes]
