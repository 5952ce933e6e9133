"""What figures of adoption tell about people: who received a report, and nothing else."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


SENT_TO = Pii(Kind.CONTACT, Purpose.SUPPORT, "membership")

MODELS: Table = {
    "Benchmark": {
        NOT_PERSONAL: "id commune module code month size low middle high dropped practice",
    },
    "HealthScore": {NOT_PERSONAL: "id commune day score lines"},
    "MonthlyReport": {
        NOT_PERSONAL: "id commune month facts written_at sent_at",
        SENT_TO: "sent_to",
    },
    "Preferences": {NOT_PERSONAL: "commune is_mailed is_named"},
    "Estimate": {NOT_PERSONAL: "association booking_percent change_percent minutes"},
    "DtsYear": {NOT_PERSONAL: "id commune year stations connected"},
    "DtsMonth": {NOT_PERSONAL: "id commune month requests certifications"},
}
