"""What exercises tell about those who learn."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


LEARNER = Pii(Kind.STAFF, Purpose.TRAINING, "membership")

MODELS: Table = {
    "StepDone": {NOT_PERSONAL: "id path_id step_id at", LEARNER: "user_id"},
    "ExerciseTry": {NOT_PERSONAL: "id step_id asked_at looked_at", LEARNER: "user_id"},
}
