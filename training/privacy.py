"""What trainings tell about those who give and take them."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


PERSON = Pii(Kind.IDENTITY, Purpose.TRAINING, "training")
NEEDS = Pii(Kind.SITUATION, Purpose.TRAINING, "training")
WORDS = Pii(Kind.WORDS, Purpose.TRAINING, "training")
DRAWN = Pii(Kind.PICTURE, Purpose.TRAINING, "training")
ASKED = Pii(Kind.CONTACT, Purpose.SUPPORT, "membership")

MODELS: Table = {
    "Material": {
        NOT_PERSONAL: "id association kind title summary roles topics screens language version"
        " minutes text transcript file file_name written_on is_published",
    },
    "LearningPath": {NOT_PERSONAL: "id association role title summary"},
    "PathStep": {NOT_PERSONAL: "id path position kind title material questions exercise"},
    "HelpRequest": {
        NOT_PERSONAL: "id association commune screen at answered_at",
        ASKED: "user_id name email text answered_by_name",
    },
    "TrainingOrganisation": {NOT_PERSONAL: "id association declaration_number"},
    "Trainer": {NOT_PERSONAL: "id association", ASKED: "name email"},
    "TrainingSession": {
        NOT_PERSONAL: "id association title kind topics host_commune place meeting_url"
        " room_capacity max_seats commune_quota objectives programme status uid sequence"
        " starts_at ends_at diary_days changed_at registered_count status_reason created_at",
    },
    "HalfDay": {NOT_PERSONAL: "id session number period"},
    "Teaching": {NOT_PERSONAL: "id half_day trainer period is_off"},
    "Attendance": {
        NOT_PERSONAL: "id session commune state invited_at answered_at waitlisted_at"
        " hot_answered cold_answered",
        PERSON: "user name email",
        NEEDS: "accessibility wants_lunch carpool carpool_from",
    },
    "Reply": {
        NOT_PERSONAL: "id session commune is_coming at taken_at refusal",
        PERSON: "user_id name email",
        NEEDS: "accessibility wants_lunch carpool carpool_from",
    },
    "Signature": {
        NOT_PERSONAL: "id half_day attendance trainer at method",
        DRAWN: "drawing",
        PERSON: "noted_by",
    },
    "SurveyReply": {
        NOT_PERSONAL: "id session kind scores recommends day idea_id",
        WORDS: "verbatim",
    },
    "Commitment": {
        NOT_PERSONAL: "id session commune what due done_at created_at",
        PERSON: "who done_by_name",
    },
}
