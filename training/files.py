"""Files of material: the association's, readable on the sites of its communes too."""

import uuid

from django.core.exceptions import SuspiciousFileOperation

from parvis.files import CommuneFiles


FOLDER = "ressources"


class MaterialFiles(CommuneFiles):
    """A storage of what everybody who works for a member may read; nothing else is in it.

    Raises:
        SuspiciousFileOperation: the key leads outside.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 (inherited)
        """Draw a random key; only the extension is kept."""
        extension = name.rpartition(".")[2].lower()[:5]
        return f"{FOLDER}/{uuid.uuid4().hex}.{extension}"

    def _own(self, name: str) -> str:
        if not name.startswith(f"{FOLDER}/") or ".." in name:
            raise SuspiciousFileOperation("This file is no material.")
        return name
