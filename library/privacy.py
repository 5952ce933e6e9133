"""What the library tells about people: nothing; a suggestion is the commune's."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {
    "Template": {NOT_PERSONAL: "id uuid association adapted_from kind slug name policy status"},
    "TemplateVersion": {
        NOT_PERSONAL: "id template number payload changelog changelog_en schema_version sha256"
        " effective_on published_at impact_asked_at",
    },
    "TemplateApplication": {
        NOT_PERSONAL: "id template version commune state held conflicts replaced at",
    },
    "Impact": {NOT_PERSONAL: "id version commune state conflicts replaced at"},
    "Suggestion": {
        NOT_PERSONAL: "id commune template base_number payload words state answer at answered_at",
    },
}
