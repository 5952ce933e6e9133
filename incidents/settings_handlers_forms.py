"""Who takes care of reports, as an administrator names them: teams and all the others."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Handler, Team
from parvis.guard import current_schema
from tenants.models import Commune


OUTSIDE = (Handler.Kind.BODY, Handler.Kind.CONTRACTOR, Handler.Kind.MEMBER)
NAMELESS = gettext_lazy("Donnez un nom.")


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A team of the commune; rules name it through the handler of the same name."""

    members = forms.MultipleChoiceField(
        label=gettext_lazy("Agents de cette équipe"),
        help_text=gettext_lazy("Ceux qui traitent les signalements, d’après la page « Équipe »."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Team
        fields = ("name", "email", "members", "is_active")
        labels = {"is_active": gettext_lazy("En service")}
        help_texts = {
            "email": gettext_lazy(
                "Elle y reçoit ce qui lui est confié, les contestations et les mercis."
            ),
            "is_active": gettext_lazy(
                "Hors service, aucune règle ne lui confie plus rien ; ce qu’elle a reste."
            ),
        }
        error_messages = {
            "name": {"required": NAMELESS, "unique": gettext_lazy("Une équipe a déjà ce nom.")}
        }

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = dict(people)
        self.fields["members"].choices = [  # type: ignore[attr-defined]
            (str(number), name) for number, name in people
        ]
        self.initial["members"] = [str(number) for number in self.instance.members or []]
        self.former = self.instance.name

    def clean_name(self) -> str:
        """Refuse the name of a body or a company: lists would show it twice."""
        name = str(self.cleaned_data["name"])
        if Handler.objects.filter(name=name).exclude(team=self.instance.pk or 0).exists():
            raise forms.ValidationError(_("Un autre responsable a déjà ce nom."))
        return name

    def clean_members(self) -> list[int]:
        """Return numbers of accounts; those who left the commune are forgotten."""
        return [int(each) for each in self.cleaned_data["members"]]

    def write(self) -> None:
        """Save the team with its handler."""
        team: Team = self.instance
        team.save()
        mine = Handler.objects.filter(kind=Handler.Kind.TEAM, team=team)
        if not mine.exists():
            Handler.objects.create(kind=Handler.Kind.TEAM, team=team, name=team.name)
        mine.filter(name=self.former).update(name=team.name)
        mine.update(is_active=team.is_active)


class HandlerForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Another body, a company, or another commune of Parvis."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=[(str(each), each.label) for each in OUTSIDE],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites de quelle nature il est.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Nom, tel que le citoyen le lit"), max_length=120, required=False
    )
    url = forms.URLField(
        label=gettext_lazy("Site internet"),
        max_length=200,
        required=False,
        assume_scheme="https",
    )
    commune = forms.ChoiceField(
        label=gettext_lazy("Collectivité sur Parvis"),
        help_text=gettext_lazy("Elle reçoit alors le signalement dans son propre Parvis."),
        required=False,
    )

    class Meta:
        model = Handler
        fields = ("kind", "name", "commune", "email", "phone", "url", "pauses_clock", "is_active")
        labels = {
            "pauses_clock": gettext_lazy("Le délai s’arrête tant que le signalement est chez lui"),
            "is_active": gettext_lazy("En service"),
        }
        help_texts = {
            "email": gettext_lazy(
                "Il y reçoit le signalement, sans l’identité du citoyen, et un lien pour répondre."
            ),
            "is_active": gettext_lazy("Hors service, aucune règle ne le désigne plus."),
        }
        error_messages = {
            "name": {"unique": gettext_lazy("Un autre responsable a déjà ce nom.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Commune.objects.open().exclude(schema_name=current_schema())
        self.communes = dict(known.order_by("name").values_list("insee_code", "name"))
        if self.instance.commune:
            self.communes.setdefault(self.instance.commune, self.instance.name)
        pairs = [("", _("Aucune")), *self.communes.items()]
        self.fields["commune"].choices = pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a commune where the report goes to one, and for a name elsewhere."""
        known = super().clean() or {}
        if known.get("kind") != Handler.Kind.MEMBER:
            known["commune"] = ""
        elif not known.get("commune"):
            self.add_error("commune", _("Choisissez la collectivité qui reçoit."))
        known["name"] = known.get("name") or self.communes.get(known.get("commune", ""), "")
        if not known["name"]:
            self.add_error("name", NAMELESS)
        return known
