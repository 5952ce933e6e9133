"""The plain side's way in."""

import os

from django.core.wsgi import get_wsgi_application


os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.sites.plain.settings"

application = get_wsgi_application()
