"""The web server's way in: ``granian --interface wsgi parvis.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
os.environ.setdefault("PARVIS_SERVING", "1")

application = get_wsgi_application()
