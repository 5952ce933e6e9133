"""What an administrator says about a category: its words, who reads it, what is promised."""

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from incidents.deadlines import LONGEST_WORKING_DAYS
from incidents.models import Category, RetiredCode
from incidents.settings_icons import ICONS


CODE_MOST = 40
WIDEST_M = 500
SWITCHES = ("is_active", "is_staff_only", "needs_after_photo", "needs_asset", "is_batch")


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A category; its code is made of its first name and never changes."""

    group = forms.CharField(
        label=gettext_lazy("Groupe"),
        help_text=gettext_lazy("Choisissez-en un de la liste, ou écrivez-en un nouveau."),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "groups", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Dites dans quel groupe elle se range.")},
    )
    promise = forms.IntegerField(
        label=gettext_lazy("Délai annoncé"),
        min_value=1,
        max_value=LONGEST_WORKING_DAYS,
        error_messages={"required": gettext_lazy("Dites en combien de temps vous répondez.")},
    )
    similar_radius_m = forms.IntegerField(
        label=gettext_lazy("Proposer les signalements déjà faits à moins de… mètres"),
        help_text=gettext_lazy(
            "Le citoyen peut alors suivre celui qui existe. 60 mètres conviennent à une rue."
        ),
        min_value=5,
        max_value=WIDEST_M,
        error_messages={"required": gettext_lazy("Indiquez une distance en mètres.")},
    )
    redirect_url = forms.URLField(
        label=gettext_lazy("Adresse du site"),
        max_length=200,
        required=False,
        assume_scheme="https",
    )

    class Meta:
        model = Category
        fields = (
            *("name", "group", "name_en", "group_en", "icon", "keywords", "door"),
            *("moderation", "promise", "promise_unit", "similar_radius_m"),
            *("danger_text", "redirect_text", "redirect_phone", "redirect_url"),
            *SWITCHES,
        )
        labels = {
            "name": gettext_lazy("Nom, tel que le citoyen le lit"),
            "keywords": gettext_lazy("Autres mots pour la trouver"),
            "door": gettext_lazy("Le citoyen vient pour"),
            "moderation": gettext_lazy("Publication du texte et des photos"),
            "promise_unit": gettext_lazy("Compté en"),
            "danger_text": gettext_lazy("En cas de danger, dire"),
            "redirect_text": gettext_lazy("À qui s’adresser"),
            "redirect_phone": gettext_lazy("Téléphone"),
            "is_active": gettext_lazy("Proposée"),
            "is_staff_only": gettext_lazy("Réservée aux agents"),
            "needs_after_photo": gettext_lazy("Une photo après travaux est exigée pour clore"),
            "needs_asset": gettext_lazy("Porte sur un équipement de l’inventaire"),
            "is_batch": gettext_lazy("Les autres logiciels reçoivent son numéro après relecture"),
        }
        help_texts = {
            "keywords": gettext_lazy("Séparés par des espaces : « goudron chaussée »."),
            "moderation": gettext_lazy(
                "Une photo n’est jamais publiée avant que les visages y soient cherchés et "
                "floutés. Nom et courriel ne le sont jamais."
            ),
            "danger_text": gettext_lazy(
                "Affiché avant d’envoyer, avec le numéro à appeler : « Un câble pend ? "
                "N’approchez pas, appelez le 112. »"
            ),
            "redirect_text": gettext_lazy(
                "Une phrase. Aucun signalement n’est créé : le citoyen sait qui appeler."
            ),
            "is_active": gettext_lazy(
                "Sinon personne ne peut plus la choisir ; les signalements déjà faits restent."
            ),
            "is_staff_only": gettext_lazy(
                "Les citoyens ne la voient pas : un bâtiment communal, par exemple."
            ),
        }
        widgets = {
            "icon": forms.RadioSelect,
            "door": forms.RadioSelect,
            "moderation": forms.RadioSelect,
            "promise_unit": forms.RadioSelect,
            "danger_text": forms.Textarea(attrs={"rows": 2}),
            "redirect_text": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {
            "name": {"required": gettext_lazy("Donnez-lui un nom.")},
            "icon": {"required": gettext_lazy("Choisissez un dessin.")},
            "door": {"required": gettext_lazy("Dites pour quoi le citoyen vient.")},
            "moderation": {"required": gettext_lazy("Dites si elle est publiée.")},
            "promise_unit": {"required": gettext_lazy("Comptez en heures ou en jours ouvrés.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {self.instance.icon: _("Le dessin actuel")} | {
            name: str(label) for name, label in ICONS.items()
        }
        self.icons = {name: name for name in offered}
        self.fields["icon"] = forms.ChoiceField(
            label=_("Dessin"),
            choices=list(offered.items()),
            widget=forms.RadioSelect,
            error_messages={"required": _("Choisissez un dessin.")},
        )
        for name in ("door", "moderation", "promise_unit"):
            field = self.fields[name]
            field.choices = [pair for pair in field.choices if pair[0]]  # type: ignore[attr-defined]

    @property
    def switches(self) -> list[forms.BoundField]:
        """List what is on or off."""
        return [self[name] for name in SWITCHES]

    def clean(self) -> dict[str, Any]:
        """Ask for whom to call where the citizen is sent elsewhere."""
        known = super().clean() or {}
        if known.get("door") == Category.Door.REDIRECT and not known.get("redirect_text"):
            self.add_error("redirect_text", _("Dites au citoyen à qui s’adresser."))
        return known

    def write(self) -> None:
        """Save it; a new one comes last, and takes the English name of its group."""
        category: Category = self.instance
        siblings = Category.objects.filter(group=category.group).exclude(pk=category.pk)
        if not category.group_en:
            known = siblings.exclude(group_en="").values_list("group_en", flat=True).first()
            category.group_en = known or ""
        if not category.pk:
            last = Category.objects.aggregate(last=Max("position"))["last"]
            category.position = 0 if last is None else last + 1
            category.code = free_code(category.name)
        category.save()


def free_code(name: str) -> str:
    """Make a code of a name, with a number when another category has it, or ever had it."""
    base = slugify(name).replace("_", "-")[: CODE_MOST - 4].strip("-") or "categorie"
    taken = {
        code
        for codes in (Category.objects, RetiredCode.objects)
        for code in codes.filter(code__startswith=base).values_list("code", flat=True)
    }
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
