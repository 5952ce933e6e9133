"""What declarations tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


NUMBER = Pii(Kind.NUMBER, Purpose.APPOINTMENTS, "pre_application")

MODELS: Table = {
    "Rules": {NOT_PERSONAL: "id hours then"},
    "Declaration": {
        NOT_PERSONAL: "id appointment version is_wanted starts_at meeting_point meeting_point_id"
        " appointment_date state status checked_at attempts due_at last_code last_text"
        " created_at done_at told_at correct_by",
        NUMBER: "number management_url",
    },
    "Meeting": {NOT_PERSONAL: "id day kind count"},
}
