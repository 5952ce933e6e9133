"""Those who report and follow: told, counted, heard; nobody is lost when reports are merged."""

from datetime import timedelta

import pytest

from identity.members import Member
from incidents import desk, emails, following, journal, links, merging, reporters, transfers
from incidents.actions import move
from incidents.models import Follower, Handler, Message, Report
from incidents.refusals import IllegalMove, TooLate
from incidents.workflow import Actor, Status
from parvis.models import OutgoingEmail
from tests.incidents.factories import NOW, report


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")


def mails():
    return list(OutgoingEmail.objects.order_by("pk"))


def follower(of, email="paul@example.org"):
    following.follow(report=of, email=email, language="fr", now=NOW)
    return Follower.objects.get(email=email)


def closed(of, at=NOW):
    return move(
        report=of, to=Status.RESOLVED, actor=Actor.STAFF, by=AGENT, now=at, reason="repaired"
    )


def test_a_report_is_acknowledged_at_once_with_what_the_law_asks():
    made = report()

    (mail,) = mails()

    assert mail.to == ["jeanne@example.org"]
    assert made.reference[:4] in mail.subject
    assert "L112-11" in mail.body
    assert "/suivi/" in mail.body


def test_the_words_of_a_reporter_are_never_mailed():
    report(text="Achetez mes pilules", address="Pilules pas chères")

    assert not any("ilules" in mail.body + mail.html for mail in mails())


def test_the_link_of_a_later_message_opens_the_report():
    made = report()

    opened = links.reader_behind(links.path_to(made).split("/")[2])

    assert opened.report == made
    assert opened.is_reporter


def test_a_forged_link_opens_nothing():
    report()

    assert links.reader_behind("abc") is None
    assert links.partner_behind("abc") is None
    assert links.photo_behind("abc") is None


def test_a_follower_has_to_confirm_before_news_are_sent():
    made = report()
    paul = follower(made)

    move(report=made, to=Status.ACCEPTED, actor=Actor.STAFF, by=AGENT, now=NOW)
    following.confirm(follower=paul, now=NOW)
    closed(made)

    told = [mail.to[0] for mail in mails()]
    assert told.count("paul@example.org") == 2  # the question, then the closing
    assert told.count("jeanne@example.org") == 3
    made.refresh_from_db()
    assert made.reporters == 2


def test_confirming_twice_counts_once():
    made = report()
    paul = follower(made)

    following.confirm(follower=paul, now=NOW)
    following.confirm(follower=paul, now=NOW)

    made.refresh_from_db()
    assert made.reporters == 2


def test_asking_to_follow_twice_writes_once():
    made = report()

    follower(made)
    follower(made)

    assert len(mails()) == 2  # the acknowledgement and one question


def test_whoever_leaves_is_forgotten():
    made = report()
    paul = follower(made)
    following.confirm(follower=paul, now=NOW)

    following.unfollow(follower=paul, now=NOW)
    closed(made)

    assert not Follower.objects.exists()
    assert [mail.to[0] for mail in mails()].count("paul@example.org") == 1


def test_a_question_stops_the_clock_and_the_answer_starts_it_again():
    made = report()
    move(
        report=made,
        to=Status.AWAITING_REPORTER,
        actor=Actor.STAFF,
        by=AGENT,
        now=NOW,
        text="De quel côté de la rue ?",
    )

    reporters.answer(report=made, text="À droite.", now=NOW + timedelta(days=2))

    made.refresh_from_db()
    assert made.status == Status.TRIAGE
    assert made.pauses.get().ended_at
    shown = [entry.text for entry in journal.timeline(made)]
    assert "De quel côté de la rue ?" in shown
    assert "À droite." in shown


def test_what_the_reporter_and_the_team_write_to_each_other_is_not_for_everybody():
    made = report()
    reporters.answer(report=made, text="Chez moi, au 12.", now=NOW)
    desk.note(report=made, text="Il appelle souvent.", by=AGENT, now=NOW)
    desk.write(report=made, text="Nous passons demain.", by=AGENT, now=NOW)

    def words(**audience):
        return {entry.text for entry in journal.timeline(made, **audience)} - {""}

    assert words(for_public=True) == {"Nous passons demain."}
    assert words() == {"Nous passons demain.", "Chez moi, au 12."}
    assert words(for_staff=True) == words() | {"Il appelle souvent."}


def test_nobody_but_the_team_reads_who_did_what():
    made = report()
    closed(made)

    assert not any(entry.by for entry in journal.timeline(made))
    assert any(entry.by for entry in journal.timeline(made, for_staff=True))


def test_erased_words_are_shown_to_nobody():
    made = report()
    desk.write(report=made, text="Nous passons demain.", by=AGENT, now=NOW)
    Message.objects.update(erased_at=NOW)

    assert not any(entry.text for entry in journal.timeline(made, for_staff=True))


def test_a_closing_can_be_contested_for_seven_days():
    made = closed(report())

    reporters.contest(
        report=made, reason="not_repaired", text="Toujours là.", now=NOW + timedelta(days=6)
    )

    made.refresh_from_db()
    assert made.status == Status.REOPENED
    with pytest.raises(TooLate):
        reporters.contest(
            report=closed(made), reason="not_repaired", text="", now=NOW + timedelta(days=20)
        )


def test_a_reporter_cancels_what_nobody_has_begun():
    made = report()
    assert reporters.may_cancel(made)

    reporters.cancel(report=made, now=NOW)

    made.refresh_from_db()
    assert made.status == Status.CANCELLED


def test_only_a_closing_can_be_rated():
    made = report()

    with pytest.raises(IllegalMove):
        reporters.rate(report=made, satisfaction=5, now=NOW)
    reporters.rate(report=closed(made), satisfaction=4, now=NOW)

    made.refresh_from_db()
    assert made.satisfaction == 4


def test_merging_keeps_tells_and_counts_everybody():
    master, other = report(), report(email="lea@example.org")
    following.confirm(follower=follower(other), now=NOW)

    merging.merge(report=other, master=master, by=AGENT, now=NOW)
    closed(master)

    master.refresh_from_db()
    other.refresh_from_db()
    assert (other.status, other.duplicate_of) == (Status.DUPLICATE, master)
    assert master.reporters == 3
    assert master.priority == Report.Priority.HIGH
    told = {mail.to[0] for mail in mails() if "résolu" in mail.subject}
    assert told == {"jeanne@example.org", "lea@example.org", "paul@example.org"}


def test_separating_gives_everybody_back():
    master, other = report(), report(email="lea@example.org")
    merging.merge(report=other, master=master, by=AGENT, now=NOW)

    other.refresh_from_db()
    merging.separate(report=other, by=AGENT, now=NOW)

    master.refresh_from_db()
    other.refresh_from_db()
    assert (other.status, other.duplicate_of) == (Status.REOPENED, None)
    assert master.reporters == 1
    assert not master.followers.exists()


def test_separating_gives_back_those_that_came_along():
    first = report(email="lea@example.org")
    second, third = report(email="ines@example.org"), report()
    merging.merge(report=first, master=second, by=AGENT, now=NOW)
    merging.merge(report=Report.objects.get(pk=second.pk), master=third, by=AGENT, now=NOW)

    merging.separate(report=Report.objects.get(pk=second.pk), by=AGENT, now=NOW)

    assert Report.objects.get(pk=first.pk).duplicate_of_id == second.pk
    assert [each.email for each in second.followers.all()] == ["lea@example.org"]
    assert not third.followers.exists()


def test_a_report_is_no_duplicate_of_a_duplicate_nor_of_itself():
    master, other, third = report(), report(), report()
    merging.merge(report=other, master=master, by=AGENT, now=NOW)

    with pytest.raises(IllegalMove):
        merging.merge(report=third, master=Report.objects.get(pk=other.pk), by=AGENT, now=NOW)
    with pytest.raises(IllegalMove):
        merging.merge(report=third, master=third, by=AGENT, now=NOW)


def test_merging_the_master_brings_its_duplicates_along():
    first, second, third = report(), report(), report()
    merging.merge(report=first, master=second, by=AGENT, now=NOW)
    second.refresh_from_db()

    merging.merge(report=second, master=third, by=AGENT, now=NOW)

    first.refresh_from_db()
    third.refresh_from_db()
    assert first.duplicate_of == third
    assert third.reporters == 3


def test_forwarding_tells_the_body_and_the_citizen():
    made = report()
    county = Handler.objects.create(
        kind="body", name="Département de la Gironde", email="routes@example.org"
    )

    transfers.forward(report=made, handler=county, text="Route départementale.", by=AGENT, now=NOW)

    to_county = next(mail for mail in mails() if mail.to == ["routes@example.org"])
    assert "/intervenant/" in to_county.body
    assert "jeanne" not in to_county.body
    told = next(mail for mail in mails() if "transmis" in mail.subject)
    assert "Département de la Gironde" in told.body


def test_a_partner_link_ends_when_the_report_is_given_to_somebody_else():
    made = report()
    county, company = (
        Handler.objects.create(kind="body", name=name) for name in ("Département", "Entreprise")
    )
    transfers.forward(report=made, handler=county, text="", by=AGENT, now=NOW)
    secret = links.path_to_partner(made, county).split("/")[2]
    assert links.partner_behind(secret) is not None

    move(report=made, to=Status.TRIAGE, actor=Actor.STAFF, by=AGENT, now=NOW)
    transfers.forward(report=made, handler=company, text="", by=AGENT, now=NOW)

    assert links.partner_behind(secret) is None


def test_what_a_move_will_say_can_be_read_before():
    made = report()

    words = emails.preview_move(made, "resolved", reason="repaired", text="C’est fait.")

    assert "résolu" in words
    assert "C’est fait." in words
    assert not Report.objects.filter(status=Status.RESOLVED).exists()


def test_a_paused_clock_runs_again_with_a_later_promise():
    made = report()
    due = made.due_at
    desk.pause(report=made, cause="weather", by=AGENT, now=NOW)

    desk.resume(report=made, by=AGENT, now=NOW + timedelta(days=4))

    made.refresh_from_db()
    assert made.due_at > due


def test_another_category_has_another_promise(django_assert_max_num_queries):
    from tests.incidents.factories import category  # noqa: PLC0415

    made = report()
    urgent = category(code="affaissement", promise_unit="hours", promise=24, moderation="never")

    with django_assert_max_num_queries(14):
        desk.requalify(report=made, category=urgent, by=AGENT, now=NOW)

    made.refresh_from_db()
    assert made.due_at == NOW + timedelta(hours=24)
    assert made.visibility == Report.Visibility.PRIVATE


def test_a_state_that_stops_the_clock_is_left_by_a_move_alone():
    found = report()
    move(
        report=found,
        to=Status.AWAITING_REPORTER,
        actor=Actor.STAFF,
        by=AGENT,
        now=NOW,
        text="Où ?",
    )

    with pytest.raises(IllegalMove):
        desk.resume(report=found, by=AGENT, now=NOW)
    assert found.pauses.filter(ended_at=None).exists()


def test_the_promise_of_a_reopened_report_is_counted_from_there():
    found = closed(report())
    later = NOW + timedelta(days=40)
    move(report=found, to=Status.REOPENED, actor=Actor.STAFF, by=AGENT, now=later, reason="other")
    promise = Report.objects.get(pk=found.pk).due_at
    desk.pause(report=found, cause="weather", by=AGENT, now=later)
    desk.resume(report=found, by=AGENT, now=later + timedelta(days=3))

    assert Report.objects.get(pk=found.pk).due_at > promise
