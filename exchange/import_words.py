"""What pages say of files, fields and rows."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.import_models import ImportBatch, ImportRow
from exchange.sniff import Fault


FAULTS: dict[Fault, Promise] = {
    Fault.EMPTY: _("Ce fichier est vide."),
    Fault.TOO_LARGE: _("Ce fichier dépasse 5 Mo. Partagez-le en plusieurs."),
    Fault.NOT_TEXT: _(
        "Ce fichier n’est pas lisible : enregistrez-le au format CSV UTF-8 ou Excel (.xlsx)."
    ),
    Fault.NO_TABLE: _(
        "Aucun tableau n’a été trouvé : une ligne de titres, puis une ligne par élément, "
        "séparés par des points-virgules, des virgules ou des tabulations."
    ),
    Fault.TOO_MANY: _("Ce fichier dépasse 20 000 lignes. Partagez-le en plusieurs."),
    Fault.TOO_WIDE: _("Ce fichier dépasse 60 colonnes."),
    Fault.CELL_TOO_LONG: _(
        "Une cellule dépasse 2 000 caractères, ou un guillemet n’est pas refermé."
    ),
    Fault.OLD_EXCEL: _(
        "Cet ancien format Excel n’est pas lu : enregistrez-le en .xlsx ou en CSV."
    ),
    Fault.MACROS: _("Ce classeur contient des macros : enregistrez-le en .xlsx, sans macros."),
    Fault.SWELLS: _("Ce classeur est anormalement gros une fois ouvert : il n’est pas lu."),
    Fault.BROKEN: _("Ce classeur est abîmé : enregistrez-le de nouveau, ou en CSV."),
}
FIELDS: dict[str, Promise] = {
    "day": _("Date"),
    "time": _("Heure"),
    "service": _("Motif"),
    "name": _("Nom"),
    "first_name": _("Prénom"),
    "email": _("Courriel"),
    "phone": _("Téléphone"),
    "persons": _("Nombre de personnes"),
    "pre_application": _("Numéro de pré-demande"),
    "note": _("Note"),
    "status": _("État dans l’autre outil"),
    "ref": _("Référence dans l’autre outil"),
    "first": _("Premier jour"),
    "last": _("Dernier jour, compris"),
    "start_time": _("Heure de début"),
    "end_time": _("Heure de fin"),
    "where": _("Lieu ou guichet"),
    "reason": _("Raison, visible du public"),
    "weekday": _("Jour de la semaine"),
    "step": _("Un départ toutes les … minutes"),
    "services": _("Motifs"),
    "valid_from": _("À partir du"),
    "valid_to": _("Jusqu’au"),
    "text": _("Description"),
    "category": _("Catégorie"),
    "address": _("Adresse"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "role": _("Rôle"),
}
HINTS: dict[str, Promise] = {
    "appointments": _("Seulement ceux à venir : des rendez-vous passés, rien n’est gardé."),
    "closures": _("Jours et heures où personne n’est reçu."),
    "openings": _("Les horaires de chaque semaine, par guichet."),
    "reports": _("Ceux qui restent à traiter, sans le nom des habitants."),
    "staff": _("Une adresse par personne : chacune reçoit une invitation."),
}
ROW_TONES: dict[str, str] = {
    ImportRow.State.CREATED: "success",
    ImportRow.State.UPDATED: "success",
    ImportRow.State.REFUSED: "danger",
    ImportRow.State.WRONG: "warning",
    ImportRow.State.KEPT: "warning",
}
BATCH_TONES: dict[str, str] = {
    ImportBatch.State.DONE: "success",
    ImportBatch.State.DRAFT: "info",
    ImportBatch.State.QUEUED: "info",
    ImportBatch.State.RUNNING: "info",
    ImportBatch.State.UNDOING: "info",
}
