"""A file is checked, corrected, imported once however often it comes, and undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import imported, planning
from booking.models import Appointment, Closure, Opening, SettingsChange
from exchange import import_actions
from exchange.models import ColumnMemory, ImportBatch, ImportRow
from incidents.models import Report
from parvis.models import OutgoingEmail
from tests.factories import AppointmentFactory
from tests.incidents.factories import category


pytestmark = pytest.mark.django_db
HEAD = "N° dossier;Date;Heure;Motif;Nom;Prénom;Courriel;Identifiant\n"
JEANNE = "1;24/11/2026;9h;Carte d’identité;Dupuy;Jeanne;jeanne@example.org;A1\n"
MARC = "2;24/11/2026;09:20;carte identite;Roux;Marc;;A2\n"


def tally(batch):
    return {key: n for key, n in import_actions.tally(batch).items() if n}


def test_appointments_are_taken_over_without_telling_anybody(bring_in, service):
    batch = bring_in("appointments", HEAD + JEANNE + MARC)

    assert tally(batch) == {"created": 2}
    assert batch.state == "done"
    found = Appointment.objects.order_by("period")
    assert [(each.name, each.channel, each.taken_by_name) for each in found] == [
        ("Jeanne Dupuy", "import", "Ana Lacoste"),
        ("Marc Roux", "import", "Ana Lacoste"),
    ]
    assert found[0].start == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert not OutgoingEmail.objects.exists()


def test_citizens_are_told_when_that_is_chosen(bring_in, service):
    bring_in("appointments", HEAD + JEANNE + MARC, is_told=True)

    assert OutgoingEmail.objects.count() == 1


def test_the_same_file_again_changes_nothing_and_a_changed_row_is_followed(bring_in, service):
    bring_in("appointments", HEAD + JEANNE + MARC)
    before = list(Appointment.objects.order_by("pk").values())

    again = bring_in("appointments", HEAD + JEANNE + MARC)

    assert tally(again) == {"unchanged": 2}
    assert list(Appointment.objects.order_by("pk").values()) == before

    changed = bring_in("appointments", HEAD + JEANNE.replace("9h", "10h40") + MARC)

    assert tally(changed) == {"updated": 1, "unchanged": 1}
    assert Appointment.objects.get(name="Jeanne Dupuy").start == datetime(
        2026, 11, 24, 9, 40, tzinfo=UTC
    )


def test_what_cannot_be_is_told_row_by_row_with_what_may_stand_instead(check, service):
    AppointmentFactory(
        service=service,
        resource=service.resources.get(),
        start=datetime(2026, 11, 24, 9, tzinfo=UTC),
    )
    rows = [
        JEANNE,
        JEANNE,  # twice
        "3;24/11/2026;10h05;;Trop;Serrée;;A3\n",
        "4;23/11/2026;8h;Carte d’identité;Passé;Jean;;A4\n",
        "5;25/13/2026;8h;Carte d’identité;Date;Jean;;A5\n",
        "6;24/11/2026;25h;Carte d’identité;Heure;Jean;;A6\n",
        "7;24/11/2026;11h;Mariage;Motif;Jean;;A7\n",
        "8;24/11/2026;11h;Carte d’identité;;;;A8\n",
        "9;24/11/2026;11h;Carte d’identité;Courriel;Jean;pas une adresse;A9\n",
        "10;;;;;;;\n",
    ]

    batch = check("appointments", HEAD + "".join(rows), service="Carte d’identité")

    assert [(row.line, row.field) for row in batch.rows.filter(state="wrong")] == [
        (3, "ref"),
        (4, "time"),
        (5, "day"),
        (6, "day"),
        (7, "time"),
        (8, "service"),
        (9, "name"),
        (10, "email"),
        (11, "day"),
    ]
    assert not Appointment.objects.filter(channel="import").exists()
    proposals = dict(batch.rows.values_list("line", "proposals"))
    assert proposals[8][0][1] == {"service": "Carte d’identité"}
    assert proposals[10] == [["Sans courriel", {"email": ""}]]


@pytest.mark.parametrize("typed", ["ÉTÉ2345678", "A1B2C3D4E", "١٢٣٤٥٦٧٨٩٠"])
def test_a_number_the_state_would_not_take_is_not_imported(check, service, typed):
    head = "Date;Heure;Motif;Nom;Numéro de pré-demande\n"

    batch = check("appointments", f"{head}24/11/2026;9h40;Carte d’identité;Dupuy;{typed}\n")

    (row,) = batch.rows.filter(state="wrong")
    assert row.field == "pre_application"


def test_a_proposed_hour_is_free(check, by, now, service):
    AppointmentFactory(service=service, resource=service.resources.get())
    batch = check("appointments", HEAD + JEANNE)
    row = batch.rows.get()
    assert row.field == "time"

    _words, change = row.proposals[0]
    row = import_actions.correct_row(batch=batch, row=row, values=change, now=now)

    assert row.state == "ready"


def test_a_value_no_column_held_can_be_written(check, now, service):
    batch = check("appointments", "Jour;Heure;Nom\n24/11/2026;9h;Jeanne\n")
    row = batch.rows.get()
    assert row.field == "service"

    row = import_actions.correct_row(
        batch=batch, row=row, values={"service": "Carte d’identité"}, now=now
    )

    assert row.state == "ready"


def test_a_rival_between_the_check_and_the_import_refuses_one_row(check, by, now, service):
    batch = check("appointments", HEAD + JEANNE + MARC)
    AppointmentFactory(service=service, resource=service.resources.get())

    import_actions.start(batch=batch, now=now)
    import_actions.resume(batch=batch.pk, now=now)

    assert tally(batch) == {"refused": 1, "created": 1}
    assert "n’est plus libre" in batch.rows.get(state="refused").message


def test_an_import_killed_on_its_way_goes_on_without_doubles(check, now, service):
    batch = check("appointments", HEAD + JEANNE + MARC)
    import_actions.start(batch=batch, now=now)
    import_actions.resume(batch=batch.pk, now=now)
    ImportBatch.objects.update(state="running")  # killed before it could say so
    ImportRow.objects.filter(line=3).update(state="ready")

    assert import_actions.forgotten(now=now + timedelta(minutes=6)) == 1

    batch.refresh_from_db()
    assert batch.state == "done"
    assert tally(batch) == {"created": 1, "unchanged": 1}
    assert Appointment.objects.count() == 2


def test_undoing_takes_back_what_nobody_touched_and_tells_what_it_kept(bring_in, now, service):
    batch = bring_in("appointments", HEAD + JEANNE + MARC)
    touched = Appointment.objects.get(name="Marc Roux")
    Appointment.objects.filter(pk=touched.pk).update(version=2)

    import_actions.start_undoing(batch=batch, now=now)
    import_actions.resume(batch=batch.pk, now=now)

    batch.refresh_from_db()
    assert batch.state == "undone"
    assert tally(batch) == {"undone": 1, "kept": 1}
    assert list(Appointment.objects.standing().values_list("name", flat=True)) == ["Marc Roux"]
    assert not Appointment.objects.filter(name="Jeanne Dupuy").exists()

    again = bring_in("appointments", HEAD + JEANNE)

    assert tally(again) == {"created": 1}


def test_columns_are_remembered_for_the_next_file_of_that_tool(check, by, now, service):
    check("appointments", HEAD + JEANNE, service="Carte d’identité")

    memory = ColumnMemory.objects.get()
    assert memory.columns["ref"] == 7
    assert memory.settings == {"service": "Carte d’identité"}


def test_nothing_to_import_is_not_started(check, now, service):
    batch = check("appointments", HEAD + "1;demain;;;;;;\n")

    with pytest.raises(import_actions.NothingToImport):
        import_actions.start(batch=batch, now=now)


CLOSURES = "Du;Au;Guichet;Raison\n24/12/2026;26/12/2026;;Noël\n01/12/2026;;Guichet 1;Formation\n"


def test_closures_are_one_change_of_the_settings(bring_in, now, service):
    batch = bring_in("closures", CLOSURES)

    assert tally(batch) == {"created": 2}
    christmas, training = Closure.objects.order_by("-period")
    assert christmas.resource is None
    assert (christmas.period.upper - christmas.period.lower) == timedelta(days=3)
    assert training.resource.name == "Guichet 1"
    assert SettingsChange.objects.get().label == "Import de « export.csv »"
    assert tally(bring_in("closures", CLOSURES)) == {"unchanged": 2}

    Closure.objects.filter(pk=training.pk).update(reason="Autre")
    import_actions.start_undoing(batch=batch, now=now)
    import_actions.resume(batch=batch.pk, now=now)

    assert tally(batch) == {"undone": 1, "kept": 1}
    assert Closure.objects.get() == training


def test_a_closure_somebody_deleted_stays_deleted(bring_in, service):
    bring_in("closures", CLOSURES)
    Closure.objects.all().delete()

    again = bring_in("closures", CLOSURES.replace("Noël", "Fêtes"))

    assert tally(again) == {"unchanged": 1, "refused": 1}
    assert not Closure.objects.exists()


def test_hours_open_the_counters_they_name(bring_in, now, service):
    text = "Jour;De;A;Guichet;Durée\nVendredi;14h;16h;Guichet 1;30\nLundi;9h02;12h;;20\n"

    batch = bring_in("openings", text)

    assert tally(batch) == {"created": 1, "wrong": 1}
    opening = Opening.objects.get(weekday=4)
    assert [each.name for each in opening.resources.all()] == ["Guichet 1"]
    friday = planning.free(
        service=service, persons=1, first=datetime(2026, 11, 27, tzinfo=UTC).date(), days=1,
        now=now, online=False,
    )  # fmt: skip
    assert len(friday.starts()) == 4
    assert batch.rows.get(state="wrong").proposals == [["09:00", {"start_time": "09:00"}]]


def test_reports_come_without_names_and_their_import_can_be_undone(bring_in, now):
    known = category()
    text = f"Description;Catégorie;Adresse;Date;Nom\nTrou;{known.name};rue X;02/11/2026;Ana\n"

    batch = bring_in("reports", text)

    report = Report.objects.get()
    assert (report.text, report.channel, report.status) == ("Trou", "api", "received")
    assert report.submitted_at.date().isoformat() == "2026-11-02"
    assert report.contact.name == ""
    assert not OutgoingEmail.objects.exists()

    import_actions.start_undoing(batch=batch, now=now)
    import_actions.resume(batch=batch.pk, now=now)

    report.refresh_from_db()
    assert (report.status, report.text, report.visibility) == ("cancelled", "", "hidden")


def test_what_files_say_of_people_is_erased_after_a_month(bring_in, check, now, service):
    done = bring_in("appointments", HEAD + JEANNE)
    draft = check("appointments", HEAD + MARC)
    ImportBatch.objects.filter(pk=draft.pk).update(created_at=now - timedelta(days=8))

    assert import_actions.erase_rows(now=now + timedelta(days=31)) == 1

    assert list(ImportBatch.objects.all()) == [done]
    assert done.rows.get().cells == []
    assert not import_actions.may_undo(done)


def test_the_rehearsal_costs_the_same_for_one_row_and_for_many(check, service):
    rows = ["".join(f"{n};01/12/2026;9h;;N {n};;;B{n}\n" for n in range(most)) for most in (2, 60)]
    asked = []

    for some in rows:
        with CaptureQueriesContext(connection) as queries:
            check("appointments", HEAD + some, service="Carte d’identité")
        asked.append(len(queries))

    assert asked[1] - asked[0] <= 2


def test_many_promises_at_one_hour_fit_one_counter_once(service, now):
    nine = datetime(2026, 11, 24, 8, tzinfo=UTC)
    promise = imported.Promise(
        service=service, start=nine, people=(imported.Person(),), name="Jeanne Dupuy"
    )

    assert imported.fits([promise] * 3) == [True, False, False]
