"""Material, and questions to the referent: who writes them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from parvis.errors import DomainError
from tenants.models import Association, Commune, Membership
from training import emails, help as screen_help
from training.models import HelpRequest, LearningPath, Material, PathStep


FILE_MOST = 20_000_000  # bytes
HEADS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "mp4": (b"ftyp",),
}
MIME = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "mp4": "video/mp4",
}


class NotAFile(DomainError):
    """What was sent is not what it says."""

    message = _("Ce fichier n’est ni un PDF, ni une image PNG ou JPEG, ni une vidéo MP4.")


class TooHeavy(DomainError):
    """Nobody downloads that at a counter."""

    message = _("Ce fichier dépasse 20 Mo.")


@dataclass(frozen=True, slots=True)
class Words:
    """All that is said of something to read or to watch."""

    kind: str
    title: str
    summary: str
    roles: list[str]
    topics: list[str]
    screens: list[str]
    minutes: int
    text: str
    transcript: str
    is_published: bool


def kind_of(upload: "UploadedFile[Any]") -> str:
    """Tell by its first bytes what a file is.

    Raises:
        TooHeavy: more than 20 MB.
        NotAFile: nothing that is accepted.
    """
    if (upload.size or 0) > FILE_MOST:
        raise TooHeavy
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    for kind, heads in HEADS.items():
        start = 4 if kind == "mp4" else 0
        if head[start:].startswith(heads):
            return kind
    raise NotAFile


@transaction.atomic
def write(
    *,
    association: Association,
    words: Words,
    file: "UploadedFile[Any] | None",
    today: date,
    material: Material | None = None,
) -> Material:
    """Write something new, or the next version of it.

    Raises:
        TooHeavy: the file has more than 20 MB.
        NotAFile: the file is nothing that is accepted.
    """
    row = material or Material(association=association, version=0)
    for name in Words.__slots__:
        setattr(row, name, getattr(words, name))
    if file is not None:
        kind = kind_of(file)
        stem = (file.name or "").rpartition(".")[0][:60] or "ressource"
        row.file_name = f"{stem}.{kind}"
        row.file.save(f"x.{kind}", file, save=False)
    row.version += 1
    row.written_on = today
    row.save()
    screen_help.fill(association)
    return row


def begin_path(*, association: Association, title: str, role: str, summary: str) -> LearningPath:
    """Begin a path, without any step yet."""
    return LearningPath.objects.create(
        association=association, title=title, role=role, summary=summary
    )


def remove_step(*, step: PathStep) -> None:
    """Take a step out of a path; who finished it loses nothing else."""
    step.delete()


@transaction.atomic
def add_step(*, path: LearningPath, columns: dict[str, Any]) -> PathStep:
    """Put one more step at the end of a path."""
    held = LearningPath.objects.select_for_update(no_key=True).get(pk=path.pk)
    last = held.steps.order_by("position").last()
    position = last.position + 1 if last else 1
    return PathStep.objects.create(path=held, position=position, **columns)


@transaction.atomic
def ask(
    *,
    association: Association,
    commune: Commune,
    who: Member,
    screen: str,
    text: str,
) -> HelpRequest:
    """Ask the referent, from a screen: a row for the association and a letter to its team."""
    asked = HelpRequest.objects.create(
        association=association,
        commune=commune,
        user_id=who.user_id,
        name=who.name,
        email=who.email,
        screen=screen,
        text=text,
    )
    if to := _team_of(association):
        emails.asked(asked, to=to).send()
    return asked


def _team_of(association: Association) -> list[str]:
    """Return who answers: the address of the association, else its people."""
    if association.email:
        return [association.email]
    team = Membership.objects.filter(association=association, is_active=True)
    return list(team.values_list("user__email", flat=True))


@transaction.atomic
def settle(*, asked: HelpRequest, by_name: str, now: datetime) -> None:
    """Note that a question was answered; done again, nothing changes."""
    HelpRequest.objects.filter(pk=asked.pk, answered_at__isnull=True).update(
        answered_at=now, answered_by_name=by_name
    )
