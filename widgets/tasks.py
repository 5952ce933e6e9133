"""Looks at names and pages out there. All of it runs in the public schema."""

from celery import shared_task
from django.utils import timezone

from parvis.deferred import defer
from widgets import domains, sites
from widgets.models import CustomDomain, EmbeddingSite


@shared_task(name="widgets.check_domain")
def check_domain(*, domain_id: int) -> None:
    """Look one name up."""
    domains.settle(domain_id=domain_id, now=timezone.now())


@shared_task(name="widgets.check_site")
def check_site(*, site_id: int) -> None:
    """Look at one page."""
    sites.look(site_id=site_id, now=timezone.now())


@shared_task(name="widgets.check_domains")
def check_domains() -> None:
    """Every night: send workers to look at every name and every site again."""
    for pk in CustomDomain.objects.order_by("pk").values_list("pk", flat=True):
        defer("widgets.check_domain", domain_id=pk)
    for pk in EmbeddingSite.objects.order_by("pk").values_list("pk", flat=True):
        defer("widgets.check_site", site_id=pk)
