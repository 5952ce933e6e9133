"""What a person takes away of herself: one ZIP that people and machines read."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from parvis.exports import to_csv
from parvis.subjects import Held


def archive(held: Sequence[Held], *, commune: str, email: str, now: datetime) -> bytes:
    """Write everything held as JSON, CSV and text."""
    rows = [
        (each.section, each.title, label, value) for each in held for label, value in each.facts
    ]
    records = [
        {
            "section": each.section,
            "title": each.title,
            "facts": [{"label": label, "value": value} for label, value in each.facts],
            "kept_why": each.kept_why,
        }
        for each in held
    ]
    said = {"commune": commune, "email": email, "at": now.isoformat(), "records": records}
    header = [_("Rubrique"), _("Intitulé"), _("Donnée"), _("Valeur")]
    out = io.BytesIO()
    with ZipFile(out, "w", compression=ZIP_DEFLATED) as file:
        file.writestr("donnees.json", json.dumps(said, ensure_ascii=False, indent=1))
        file.writestr("donnees.csv", to_csv(header, rows))
        file.writestr("donnees.txt", _text(held, commune, email))
    return out.getvalue()


def _text(held: Sequence[Held], commune: str, email: str) -> str:
    lines = [f"{commune} – {email}", ""]
    for each in held:
        lines += [f"{each.section} : {each.title}"]
        lines += [f"  {label} : {value}" for label, value in each.facts]
        lines += [f"  {each.kept_why}"] if each.kept_why else []
        lines.append("")
    return "\n".join(lines)
