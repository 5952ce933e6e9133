"""The web server's way in: ``granian --interface wsgi parvis.wsgi:application``."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from parvis.logs import write_alike
from parvis.pooler import refuse_transaction_pooling


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
os.environ.setdefault("PARVIS_SERVING", "1")

refuse_transaction_pooling(settings.APP_DATABASE_URL)
application = get_wsgi_application()
write_alike()
