"""What trainings are made of. Public schema: staff of communes, never a citizen."""

from training.models.learning import (
    HelpRequest,
    LearningPath,
    Material,
    PathStep,
)
from training.models.people import (
    Attendance,
    AttendanceQuerySet,
    Commitment,
    Reply,
    Signature,
    SurveyReply,
)
from training.models.sessions import (
    HalfDay,
    Teaching,
    Trainer,
    TrainingOrganisation,
    TrainingSession,
    TrainingSessionQuerySet,
)


__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "Commitment",
    "HalfDay",
    "HelpRequest",
    "LearningPath",
    "Material",
    "PathStep",
    "Reply",
    "Signature",
    "SurveyReply",
    "Teaching",
    "Trainer",
    "TrainingOrganisation",
    "TrainingSession",
    "TrainingSessionQuerySet",
]
