"""Bringing a list of communes to contact in: paste or choose it, look, confirm."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from exchange.sniff import Fault, Unreadable
from identity.access import staff_only
from onboarding import prospects
from onboarding.access import TEAM
from tenants.asked import association_of


MOST_BYTES = 400_000
FAULTS = {
    Fault.EMPTY: gettext_lazy("La liste est vide."),
    Fault.TOO_LARGE: gettext_lazy("La liste est trop longue : mille lignes au plus."),
    Fault.TOO_MANY: gettext_lazy("La liste est trop longue : mille lignes au plus."),
    Fault.OLD_EXCEL: gettext_lazy("Enregistrez le classeur au format .xlsx ou .csv."),
    Fault.MACROS: gettext_lazy("Ce classeur contient des programmes : enregistrez-le en .xlsx."),
    Fault.NO_TABLE: gettext_lazy(
        "La première ligne doit nommer les colonnes, dont « Code INSEE » ou « Commune »."
    ),
}


class ProspectForm(forms.Form):
    """A list, pasted or in a file."""

    text = forms.CharField(
        label=gettext_lazy("Collez la liste"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy(
            "La première ligne nomme les colonnes : Code INSEE ou Commune, Département, Contact,"
            " Fonction, Téléphone, Courriel, Stations. Copiez-la d’un tableur."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Ou choisissez un fichier CSV ou Excel"),
        required=False,
        max_length=200,
        allow_empty_file=True,
    )

    def clean(self) -> dict[str, object]:
        """Take one of the two."""
        known = super().clean() or {}
        file, text = known.get("file"), known.get("text") or ""
        if not file and not text.strip() and not self.errors:
            raise forms.ValidationError(_("Collez une liste ou choisissez un fichier."))
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(FAULTS[Fault.TOO_LARGE])
        known["content"] = file.read() if file else text.encode()
        return known


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def import_prospects(request: HttpRequest) -> HttpResponse:
    """Show what a list would change, then change it."""
    sent = request.POST if request.method == "POST" else None
    form = ProspectForm(sent, request.FILES if sent is not None else None)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.errors else 200
        return render(request, "onboarding/prospects.html", {"form": form}, status=status)
    association = association_of(request)
    try:
        reading = prospects.read(form.cleaned_data["content"], association=association)
    except Unreadable as refusal:
        said = FAULTS.get(Fault(refusal.fault), _("Cette liste ne peut pas être lue."))
        form.add_error(None, str(said))
        return render(request, "onboarding/prospects.html", {"form": form}, status=422)
    if "sure" in request.POST and reading.prospects:
        communes, people = prospects.bring_in(prospects=reading.prospects, association=association)
        words = {"communes": communes, "people": people}
        messages.success(
            request,
            _("Liste importée. Communes ajoutées : %(communes)s. Personnes : %(people)s.") % words,
        )
        return redirect("communes")
    again = prospects.canonical(reading)
    context = {"reading": reading, "again": again}
    return render(request, "onboarding/prospects_check.html", context)
