"""The lines to paste into the commune's site, for the systems town halls use."""

from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy


class Kind(TextChoices):
    """What the widget shows."""

    BOOKING = "rdv", gettext_lazy("les rendez-vous")
    REPORT = "signalement", gettext_lazy("le signalement d’un problème")
    BADGE = "badge", gettext_lazy("un simple lien : le prochain créneau")


class System(TextChoices):
    """What the commune's site is made with."""

    HTML = "html", gettext_lazy("HTML, ou autre chose")
    WORDPRESS = "wordpress", "WordPress"
    SPIP = "spip", "SPIP"
    TYPO3 = "typo3", "TYPO3"


PAGES = {"rdv": "/rendez-vous/", "signalement": "/signaler/", "badge": "/rendez-vous/"}


def tag(*, origin: str, slug: str, kind: str, service: str = "") -> str:
    """Write the script and, for browsers without it, the link that it stands for."""
    module = "signalement" if kind == Kind.REPORT else "rdv"
    label = _("Signaler un problème") if kind == Kind.REPORT else _("Prendre rendez-vous")
    options = format_html(' data-service="{}"', service) if service and module == "rdv" else ""
    if kind == Kind.BADGE:
        options = format_html("{} data-badge", options)
    return format_html(
        '<script src="{origin}/w.js" data-commune="{slug}" data-module="{module}"{options} async>'
        '</script>\n<noscript><a href="{origin}{page}">{label}</a></noscript>',
        origin=origin,
        slug=slug,
        module=module,
        options=options,
        page=PAGES[kind],
        label=label,
    )


def steps(system: str) -> list[str]:
    """Say where to paste the lines."""
    return {
        System.WORDPRESS: [
            _("Ouvrez la page à modifier dans l’éditeur de WordPress."),
            _("Ajoutez un bloc « HTML personnalisé » à l’endroit voulu."),
            _("Collez les lignes, puis publiez. Il faut être administrateur ou éditeur."),
        ],
        System.SPIP: [
            _("SPIP retire les scripts des articles : passez par un modèle."),
            _("Collez les lignes dans un fichier « modeles/parvis.html »."),
            _("Dans l’article, écrivez « <parvis|> » à l’endroit voulu."),
        ],
        System.TYPO3: [
            _("Sur la page, ajoutez un élément de contenu « HTML »."),
            _("Collez les lignes, enregistrez, puis videz le cache de la page."),
        ],
    }.get(
        System(system),
        [_("Collez les lignes dans la page, à l’endroit où le module doit apparaître.")],
    )
