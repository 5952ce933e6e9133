"""The product with all its middleware; only the page is the benchmark's."""

from parvis.wsgi import application  # noqa: F401
from tenants.hosts import URLCONFS


URLCONFS["commune"] = "benchmarks.sites.urls"
