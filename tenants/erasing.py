"""What the public schema holds of a commune, and what becomes of it when the commune is gone.

Every public table with a key to a commune is in one of the two lists: a test looks.
"""

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from tenants.models import Commune


ERASED = {
    # What it published or set up for itself.
    "slots.FreeSlotDay": Q(),
    "slots.SlotKind": Q(),
    "slots.OfferedService": Q(),
    "ants.PreDemandeIndex": Q(),
    "ants.HubCall": Q(),
    "widgets.CustomDomain": Q(),
    "widgets.EmbeddingSite": Q(),
    "library.TemplateApplication": Q(),
    "library.Impact": Q(),
    "mutual.PhoneDesk": Q(),
    "mutual.SharedService": Q(),
    "adoption.Preferences": Q(),
    "adoption.HealthScore": Q(),
    "adoption.Benchmark": Q(),
    "adoption.DtsYear": Q(),
    "adoption.DtsMonth": Q(),
    # Who answers for it, who was invited, who could come in.
    "tenants.Membership": Q(),
    "tenants.TrialKey": Q(),
    "identity.Invitation": Q(),
    "identity.SupportAccess": Q(),
    "onboarding.CommuneFile": Q(),
    "stateid.CitizenLogin": Q(),
    "stateid.LinkRequest": Q(),
    # How far it was: it would begin anew. What it accepted stays, to be shown later.
    "onboarding.Creation": Q(),
    "onboarding.ReadinessItem": Q(),
    "onboarding.Launch": Q(),
    "onboarding.Proof": ~Q(kind__in=["agreement", "retention", "approval"]),
    # Its voice and its questions.
    "ideas.Vote": Q(),
    "ideas.Subscription": Q(),
    "training.HelpRequest": Q(),
}
OWNER = {"mutual.SharedService": "host"}
"""How a table names the commune, where it is not by ``commune``."""
KEPT = {
    # What shows that it was destroyed, and keeps its names from others.
    "tenants.Departure",
    "tenants.Suspension",
    "tenants.Domain",
    # What its record of who did what was, as numbers without a word.
    "journal.Anchor",
    # The numbers of its places, which the State knows and nobody may be given again.
    "slots.MeetingPoint",
    # What the association wrote of a member, which it stays.
    "onboarding.Contact",
    "onboarding.Interaction",
    "onboarding.Obstacle",
    "onboarding.ExistingSolution",
    "onboarding.Referent",
    "onboarding.Task",
    "onboarding.Onboarding",
    # Counts of past months, without which sums over all communes would change afterwards.
    "onboarding.Metric",
    "adoption.MonthlyReport",
    # What others took part in.
    "ideas.Idea",
    "library.Suggestion",
    "mutual.Agreement",
    "mutual.AgreementMember",
    "mutual.AgreementUse",
    "training.TrainingSession",
    "training.Attendance",
    "training.Reply",
    "training.Commitment",
}


def erase_public(commune: Commune) -> int:
    """Erase the rows of a commune that is gone; return how many there were."""
    erased = 0
    for label, which in ERASED.items():
        owned = {OWNER.get(label, "commune"): commune}
        rows: QuerySet[Model] = QuerySet(apps.get_model(label)).filter(which, **owned)
        count, _by_table = rows.delete()
        erased += count
    return erased
