"""Answer for django-appointment: one JSON line in, one JSON line out.

The first line is the world to build; the answer says what was made. Each further line asks for
the free starts of some days, and is answered with them, the seconds and the number of queries.
"""

import json
import os
import sys
import time
from datetime import date, datetime, timedelta


# The package says on the standard output what it does; that must not mix with our answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.sites.peer.settings")

import django  # noqa: E402


django.setup()

from appointment.models import (  # noqa: E402
    Appointment,
    AppointmentRequest,
    Config,
    DayOff,
    Service,
    StaffMember,
    Unavailability,
    WorkingHours,
)
from appointment.services import get_available_slots_for_staff  # noqa: E402
from appointment.utils.db_helpers import get_weekday_num_from_date  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402


def build(world):
    """Make the staff, their hours, breaks and days off, and the appointments they have."""
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the package brings no migrations
    Config.objects.create(default_to_service_duration=True)
    service = Service.objects.create(
        name="Carte", duration=timedelta(minutes=world["minutes"]), price=0
    )
    users = get_user_model()
    staff = []
    for number in range(world["staff"]):
        user = users.objects.create(username=f"staff-{number}", first_name=f"Staff {number}")
        member = StaffMember.objects.create(
            user=user, slot_duration=world["step"], appointment_buffer_time=0, slot_gap_time=0
        )
        member.services_offered.add(service)
        for weekday in world["weekdays"]:
            WorkingHours.objects.create(
                staff_member=member,
                day_of_week=(weekday + 1) % 7,  # its Sunday is 0
                start_time=world["opens"],
                end_time=world["closes"],
            )
        staff.append(member)
    days = [date.fromisoformat(world["first"]) + timedelta(days=n) for n in range(world["days"])]
    Unavailability.objects.bulk_create(
        Unavailability(
            staff_member=member, date=day, start_time=world["pause"][0], end_time=world["pause"][1]
        )
        for member in staff
        for day in days
        if day.weekday() in world["weekdays"]
    )
    DayOff.objects.bulk_create(
        DayOff(staff_member=member, start_date=day, end_date=day)
        for member in staff
        for day in world["days_off"]
    )
    client = users.objects.create(username="client")
    requests = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=day,
            start_time=start,
            end_time=end,
            service=service,
            staff_member=staff[number],
            id_request=f"request-{place}",
        )
        for place, (number, day, start, end) in enumerate(world["appointments"])
    )
    Appointment.objects.bulk_create(
        Appointment(client=client, appointment_request=request, id_request=f"made-{request.pk}")
        for request in requests
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return service, staff


def ask(service, staff, first, days):
    """Ask for every day and member of staff, as the package's own calendar page does."""
    found = set()
    for number in range(days):
        day = first + timedelta(days=number)
        weekday = get_weekday_num_from_date(day)
        for member in staff:
            found.update(get_available_slots_for_staff(day, member, weekday, service=service))
    return sorted(found)


def main():
    """Speak line by line until the other side closes."""
    world = json.loads(sys.stdin.readline())
    service, staff = build(world)
    say({"appointments": Appointment.objects.count(), "version": django.__version__})
    for line in sys.stdin:
        question = json.loads(line)
        first = date.fromisoformat(question["first"])
        if question.get("count"):
            with CaptureQueriesContext(connection) as queries:
                ask(service, staff, first, question["days"])
            say({"queries": len(queries)})
            continue
        started = time.perf_counter()
        starts = ask(service, staff, first, question["days"])
        seconds = time.perf_counter() - started
        say({"seconds": seconds, "starts": [datetime.isoformat(start) for start in starts]})


def say(words):
    """Answer with one line."""
    print(json.dumps(words), file=answers, flush=True)


if __name__ == "__main__":
    main()
