"""What a browser keeps to work without network: two pages without anybody in them, and files."""

import json
from hashlib import sha256

from django.templatetags.static import static
from django.urls import reverse

from incidents.models import Category
from parvis.templatetags.ui_queue import QUEUE_SCRIPTS, WORKER
from parvis.templatetags.ui_report import SCRIPTS
from parvis.theme import palette
from tenants.models import Commune


IN_WORKER = ("js/waiting.js", "js/queue.js", "js/worker-pages.js", "js/worker-events.js")
FILES = (
    *("css/app.css", "css/report.css"),
    *("fonts/public-sans.woff2", "fonts/bricolage-grotesque.woff2", "img/parvis.svg"),
    *("js/app.js", WORKER, *SCRIPTS, *QUEUE_SCRIPTS),
)
STAMP = 10  # digits of a hash that tell one version from the next


def pages(commune: Commune) -> list[str]:
    """List the pages that are kept: the one that says there is no network comes first.

    Their addresses change with what they show, so that browsers fetch them again.
    """
    rows = Category.objects.offered().order_by("pk")
    shown = rows.values_list("code", "name", "icon", "door", "danger_text", "redirect_text")
    facts = [commune.name, commune.phone, commune.address, *map(list, shown)]
    stamp = sha256(json.dumps(facts).encode()).hexdigest()[:STAMP]
    return [f"{reverse('pwa:offline')}?v={stamp}", f"{shell()}&v={stamp}"]


def shell() -> str:
    """Return the address of the form that waits for a network."""
    return f"{reverse('incidents:report_form')}?shell"


def files(commune: Commune) -> list[str]:
    """List the files that these pages need; each has another name when it changes."""
    theme = f"{reverse('theme')}?v={palette(commune.brand_colour).version}"
    return [*(static(name) for name in FILES), theme]


def worker(commune: Commune, *, icon: str, title: str) -> str:
    """Write the service worker: what it keeps, then the scripts that know what to do with it."""
    kept = {"pages": pages(commune), "files": files(commune)}
    scripts = [static(name) for name in IN_WORKER]
    stamp = sha256(json.dumps([kept, scripts]).encode()).hexdigest()[:STAMP]
    facts = {"cache": f"parvis-{stamp}", **kept, "icon": icon, "title": title}
    names = ", ".join(json.dumps(name) for name in scripts)
    return f'"use strict";\nself.PARVIS = {json.dumps(facts)};\nimportScripts({names});\n'
