"""How tests name and read the settings of reports."""

from incidents.models import SettingsChange


HOME = "/agent/signalements/reglages/"


def text_of(answer):
    """Return the page on one line, with plain spaces."""
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def told(client, answer):
    """Follow a redirect and return the words of the page it leads to."""
    assert answer.status_code == 302, text_of(answer)
    return text_of(client.get(answer["Location"]))


def undo_last(client):
    """Take the last change back, and return the words of the page that follows."""
    change = SettingsChange.objects.filter(undone_at=None).first()
    return told(client, client.post(f"{HOME}changements/{change.pk}/annulation/"))
