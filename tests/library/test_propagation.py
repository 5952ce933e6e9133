"""From a published version to the rows of a commune: policies, dates, proposals, detaching."""

import random
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from booking import reconfiguring
from booking.actions import install_presets
from booking.models import DocumentText, Service, SettingsChange
from booking.presets import USUAL
from incidents.configuration import install_pack
from library import actions, propagation, seeding
from library.models import Impact, Suggestion, Template, TemplateApplication, TemplateVersion
from shelf import answering, receiving
from shelf.history import mapping_of
from shelf.kinds import KINDS
from shelf.merge import differences, merge
from shelf.models import Arrival, Origin, Page, UpdateProposal, unwrapped
from shelf.offers import AlreadyAnswered, AlreadyTaken, ByLaw, ChangedMeanwhile
from tests.conftest import NOW, owner
from tests.library.conftest import (
    ADMINISTRATOR,
    TODAY,
    arrive,
    at_the_association,
    offer_version,
    publish,
)
from tests.shelf.test_merge import change_items


pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)


def open_proposals():
    return list(UpdateProposal.objects.filter(state="open"))


def state_of(template):
    return TemplateApplication.objects.filter(template=template).latest("version__number")


def test_a_service_that_is_taken_waits_to_be_offered(taken):
    template = taken(
        "service", "casier", name="Casier", minutes=[20, 30], documents=[{"key": "identity"}]
    )

    service = Service.objects.get(slug="casier")

    assert (service.name, service.minutes, service.documents) == ("Casier", [20, 30], ["identity"])
    assert not service.is_active
    assert (state_of(template).state, state_of(template).held) == ("applied", 1)
    with pytest.raises(AlreadyTaken):
        propagation.take(template=template, by=ADMINISTRATOR, now=NOW, today=TODAY)


def test_what_the_commune_did_not_touch_changes_and_what_it_touched_is_proposed(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne", terms="Rien")
    Service.objects.filter(slug="casier").update(text="Nos mots")
    offer_version(template, {"text": "Deux lignes", "terms": "Tout"})

    outcome = arrive(template)

    service = Service.objects.get(slug="casier")
    assert (outcome.state, outcome.conflicts) == ("conflict", 1)
    assert (service.text, service.terms) == ("Nos mots", "Tout")
    (waiting,) = open_proposals()
    assert (waiting.path, unwrapped(waiting.base), unwrapped(waiting.theirs)) == (
        "text",
        "Une ligne",
        "Deux lignes",
    )
    assert state_of(template).conflicts == 1
    assert SettingsChange.objects.latest("pk").label == "Bibliothèque\u00a0: Casier, version 2"


def test_the_same_version_twice_changes_nothing(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne")
    offer_version(template, {"text": "Deux lignes"})
    arrive(template)
    before = (Arrival.objects.count(), SettingsChange.objects.count())

    assert arrive(template, now=LATER).state == "applied"

    assert (Arrival.objects.count(), SettingsChange.objects.count()) == before


def test_a_version_comes_in_with_few_queries(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne")
    counts = []
    for number in range(2, 5):
        offer_version(template, {"text": f"Ligne {number}"})
        with CaptureQueriesContext(connection) as caught:
            propagation.catch_up(now=NOW, today=TODAY)
        counts.append(len(caught))

    assert Service.objects.get().text == "Ligne 4"
    assert counts[0] == counts[-1] <= 33


def test_a_further_version_keeps_the_base_of_an_open_proposal(taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.update(title="Le nôtre")
    offer_version(template, {"title": "Deux"})
    arrive(template)
    offer_version(template, {"title": "Trois"})
    arrive(template)

    (waiting,) = open_proposals()

    assert (unwrapped(waiting.base), unwrapped(waiting.theirs), waiting.version) == (
        "Un",
        "Trois",
        3,
    )


@pytest.mark.parametrize("title", ["Un", "Le nôtre"])
def test_a_proposal_closes_by_itself_when_the_library_comes_back_or_agrees(taken, title):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.update(title="Le nôtre")
    offer_version(template, {"title": "Deux"})
    arrive(template)
    offer_version(template, {"title": title})

    assert arrive(template).state == "applied"

    assert open_proposals() == []
    assert UpdateProposal.objects.get().state == "closed"
    assert Page.objects.get().title == "Le nôtre"


def test_an_optional_version_only_proposes(taken):
    template = taken("page", "horaires", policy="optional", title="Un", text="Texte")
    offer_version(template, {"title": "Deux"})

    assert arrive(template).state == "conflict"

    assert Page.objects.get().title == "Un"
    answering.answer(proposal=open_proposals()[0], choice="accepted", by=ADMINISTRATOR, now=LATER)
    assert Page.objects.get().title == "Deux"


def test_the_law_replaces_locks_and_says_what_it_replaced(taken):
    template = taken("service", "casier", policy="legal", name="Casier", text="Loi")
    service = Service.objects.get(slug="casier")
    service.text, service.documents = "Nos mots", ["local-plan", "photo"]
    service.save()
    offer_version(template, {"text": "Nouvelle loi", "documents": [{"key": "identity"}]})

    outcome = arrive(template)

    service.refresh_from_db()
    assert (service.text, service.documents) == ("Nouvelle loi", ["local-plan", "identity"])
    assert (outcome.state, outcome.replaced) == ("applied", 2)
    with pytest.raises(ByLaw):
        answering.detach(origin=Origin.objects.get(), by=ADMINISTRATOR, now=LATER)
    Service.objects.update(text="Encore nos mots")
    assert receiving.enforce(now=LATER) == 1
    service.refresh_from_db()
    assert service.text == "Nouvelle loi"
    assert receiving.enforce(now=LATER) == 0
    with pytest.raises(ByLaw):
        answering.undo(arrival=Arrival.objects.first(), by=ADMINISTRATOR, now=LATER)


def test_a_legal_page_comes_by_itself_on_its_day(new_template):
    template = new_template(
        "page", "loi", policy="legal", effective_on=NEW_YEAR, title="La loi", text="Texte"
    )

    assert propagation.catch_up(now=NOW, today=TODAY) == 0
    assert not Page.objects.exists()
    assert propagation.catch_up(now=NOW, today=NEW_YEAR) == 1

    assert Page.objects.get().title == "La loi"
    assert state_of(template).state == "applied"
    assert propagation.catch_up(now=NOW, today=NEW_YEAR) == 0


def test_no_version_overtakes_one_that_is_planned(new_template):
    template = new_template("page", "loi", effective_on=NEW_YEAR, title="La loi", text="Texte")
    with at_the_association():
        draft = actions.open_draft(template=template)

    with pytest.raises(actions.EarlierThanPlanned):
        publish(draft)


def test_a_commune_that_took_nothing_gets_nothing(new_template):
    template = new_template("service", "casier", name="Casier")

    assert arrive(template).state == "absent"

    assert not Service.objects.exists()
    assert state_of(template).state == "absent"


def test_detached_it_follows_no_more_and_attached_again_it_catches_up(taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    answering.detach(origin=Origin.objects.get(), by=ADMINISTRATOR, now=NOW)
    offer_version(template, {"title": "Deux", "text": "Autre"})
    assert arrive(template).state == "detached"
    assert Page.objects.get().title == "Un"
    Page.objects.update(text="Le nôtre")

    version = actions.published(template).first()
    answering.reattach(
        origin=Origin.objects.get(),
        offer=propagation.offer_of(template, version),
        by=ADMINISTRATOR,
        now=LATER,
    )

    assert (Page.objects.get().title, Page.objects.get().text) == ("Deux", "Le nôtre")
    assert [each.path for each in open_proposals()] == ["text"]


def test_a_service_brings_the_words_of_the_documents_it_asks_for(taken, new_template):
    new_template("document", "plan-de-masse", title="Plan de masse", text="À l’échelle")
    template = taken("service", "casier", name="Casier", documents=[{"key": "identity"}])
    assert not DocumentText.objects.exists()
    offer_version(template, {"documents": [{"key": "identity"}, {"key": "plan-de-masse"}]})

    arrive(template)
    arrive(template)

    assert DocumentText.objects.get(key="plan-de-masse").title == "Plan de masse"


def test_a_row_that_is_gone_is_detached(taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.all().delete()
    offer_version(template, {"title": "Deux"})

    assert arrive(template).state == "detached"


def test_what_is_undone_becomes_the_commune_s_own(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne")
    offer_version(template, {"text": "Deux lignes"})
    arrive(template)

    answering.undo(arrival=Arrival.objects.first(), by=ADMINISTRATOR, now=LATER)

    assert Service.objects.get().text == "Une ligne"
    offer_version(template, {"terms": "À accepter"})
    arrive(template)
    assert (Service.objects.get().text, Service.objects.get().terms) == ("Une ligne", "À accepter")
    assert open_proposals() == []


def test_nothing_is_undone_that_was_changed_since(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne")
    offer_version(template, {"text": "Deux lignes"})
    arrive(template)
    Service.objects.update(text="Trois lignes")

    with pytest.raises(ChangedMeanwhile):
        answering.undo(arrival=Arrival.objects.first(), by=ADMINISTRATOR, now=LATER)


def test_the_settings_undo_what_came_from_the_library_too(taken):
    template = taken("service", "casier", name="Casier", text="Une ligne")
    offer_version(template, {"text": "Deux lignes"})
    arrive(template)

    reconfiguring.undo(change=SettingsChange.objects.latest("pk"), now=LATER)

    assert Service.objects.get().text == "Une ligne"


def conflict(taken):
    template = taken("page", "horaires", title="Un", text="Texte")
    Page.objects.update(title="Le nôtre", text="Notre texte")
    offer_version(template, {"title": "Deux", "text": "Autre"})
    arrive(template)
    return template


@pytest.mark.parametrize(
    ("choice", "words", "title"),
    [
        ("accepted", None, "Deux"),
        ("kept", None, "Le nôtre"),
        ("edited", "Tous les deux", "Tous les deux"),
        ("lock", None, "Le nôtre"),
    ],
)
def test_the_answers_to_a_proposal(taken, choice, words, title):
    template = conflict(taken)
    proposal = open_proposals()[0]

    answering.answer(proposal=proposal, choice=choice, words=words, by=ADMINISTRATOR, now=LATER)

    assert Page.objects.get().title == title
    assert len(open_proposals()) == 1
    with pytest.raises(AlreadyAnswered):
        answering.answer(proposal=proposal, choice="kept", by=ADMINISTRATOR, now=LATER)
    propagation.report(origin=Origin.objects.get(), now=LATER)
    assert state_of(template).conflicts == 1
    offer_version(template, {"title": "Trois"})
    arrive(template)
    assert len(open_proposals()) == (1 if choice in {"accepted", "lock"} else 2)


def test_all_at_once(taken):
    conflict(taken)

    answering.answer_all(origin=Origin.objects.get(), accept=True, by=ADMINISTRATOR, now=LATER)

    page = Page.objects.get()
    assert (page.title, page.text, open_proposals()) == ("Deux", "Autre", [])


def test_presets_are_recognised_untouched_or_changed(commune):
    with owner():
        assert seeding.seed(now=NOW)[1] > 30
        assert seeding.seed(now=NOW) == (0, 0)
    install_presets(preset=USUAL, site_name="Mairie")
    install_pack("bourg")
    Service.objects.filter(slug="mariage").update(text="Nos mots")

    untouched, changed = propagation.attach(now=NOW, today=TODAY)

    assert (untouched, changed) == (len(USUAL.services) - 1 + 8, 1)
    assert propagation.attach(now=NOW, today=TODAY) == (0, 0)
    assert open_proposals() == []


def test_an_association_that_adapts_a_template_takes_its_communes_along(association):
    with owner():
        seeding.seed(now=NOW)
    install_presets(preset=USUAL, site_name="Mairie")
    propagation.attach(now=NOW, today=TODAY)
    platform = Template.objects.get(slug="mariage")
    with at_the_association():
        draft = actions.adapt(template=platform, association=association)
        actions.write_draft(version=draft, payload=draft.payload | {"terms": "Les deux viennent"})
        with pytest.raises(actions.AlreadyAdapted):
            actions.adapt(template=platform, association=association)
    publish(draft)

    assert arrive(draft.template).state == "applied"

    assert Service.objects.get(slug="mariage").terms == "Les deux viennent"
    assert Origin.objects.get(slug="mariage").template_uuid == draft.template.uuid
    assert platform not in propagation.offered(propagation.here())


def test_the_impact_is_counted_and_nothing_is_written(taken):
    template = conflict(taken)
    answering.answer_all(origin=Origin.objects.get(), accept=False, by=ADMINISTRATOR, now=NOW)
    with at_the_association():
        draft = actions.open_draft(template=template)
        actions.write_draft(version=draft, payload=draft.payload | {"title": "Quatre"})
        assert actions.ask_impact(version=draft, now=NOW) == 2

    propagation.forecast(version_id=draft.pk, now=NOW)

    found = Impact.objects.get(version=draft)  # only its own row
    assert (found.state, found.conflicts) == ("conflict", 1)
    assert Page.objects.get().title == "Le nôtre"
    with at_the_association():
        actions.write_draft(version=draft, payload=draft.payload)
        assert not Impact.objects.exists()


def test_a_suggestion_becomes_a_draft(taken):
    taken("service", "casier", name="Casier", text="Une ligne")
    Service.objects.update(text="Plus clair", documents=["identity", "local-plan"])
    origin = Origin.objects.get()

    propagation.suggest(
        origin=origin, payload=mapping_of(origin).read(origin, {}), words="Plus clair", now=NOW
    )

    with at_the_association():
        draft = actions.accept(suggestion=Suggestion.objects.get(), answer="Merci", now=LATER)
        assert draft.payload["text"] == "Plus clair"
        assert draft.payload["documents"] == [{"key": "identity"}]
        assert Suggestion.objects.get().state == "accepted"
        with pytest.raises(actions.AlreadySettled):
            actions.decline(suggestion=Suggestion.objects.get(), answer="Non", now=LATER)
        assert Suggestion.objects.get().answer == "Merci"


# --- What the database refuses ----------------------------------------------------------------


def test_a_published_version_never_changes(new_template):
    template = new_template("page", "horaires", title="Un", text="Texte")

    with owner(), pytest.raises(DatabaseError), transaction.atomic():
        TemplateVersion.objects.filter(template=template).update(payload={})


def test_a_commune_sees_no_draft_no_other_association_and_no_other_commune(
    new_template, other_commune
):
    template = new_template("page", "horaires", title="Un", text="Texte")
    with at_the_association():
        actions.open_draft(template=template)
    assert TemplateVersion.objects.count() == 1
    assert TemplateApplication.objects.count() == 1
    with transaction.atomic():
        assert not TemplateApplication.objects.filter(commune=other_commune).update(conflicts=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        Template.objects.filter(pk=template.pk).update(name="Autre")
    with owner():
        Template.objects.filter(pk=template.pk).update(association=None)
    assert Template.objects.count() == 1
    with owner():
        stranger = actions.Association.objects.create(
            name="Autre", short_name="A", slug="autre", departments=["40"]
        )
        Template.objects.filter(pk=template.pk).update(association=stranger)
    assert Template.objects.count() == 0


def test_the_association_can_read_no_shelf(taken):
    taken("page", "horaires", title="Un", text="Texte")

    with at_the_association(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("SELECT * FROM c_33314.shelf_origin")


# --- P4 through the database ------------------------------------------------------------------

WORDS = ["", "Un", "Deux", "Trois", "Été à la mairie"]


def draw(fields, luck):
    """Draw a payload of a kind: what its forms accept."""
    values = {}
    for each in fields:
        if each.shape in {"line", "long"}:
            values[each.name] = luck.choice(WORDS[each.is_required :])
        elif each.shape == "switch":
            values[each.name] = luck.random() < 0.5
        elif each.shape == "number":
            step = 5 if each.least % 5 == 0 else 1
            values[each.name] = min(each.most, each.least + step * luck.randrange(4))
        else:
            values[each.name] = draw_other(each, luck)
    for item in values.get("categories", ()):
        item |= {"redirect_text": "Ailleurs", "redirect_url": "https://example.org/"}
    for item in values.get("spans", ()):
        item |= {"start": f"{luck.randint(7, 11):02}:30", "end": "12:00", "step": 20}
    return values


def draw_other(field, luck):
    """Draw a choice, lengths or a keyed list."""
    if field.shape == "choice":
        return luck.choice([value for value, _label in field.choices])
    if field.shape == "lengths":
        return [20, 30, 40][: luck.randint(1, 3)]
    keys = luck.sample(["identity", "photo", "plans", "witnesses"], luck.randint(0, 4))
    return [{"key": key, **draw(field.fields, luck)} for key in keys]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back_the_same_and_settles(kind):
    luck = random.Random(kind)
    fields, lists, slug = KINDS[kind].fields, KINDS[kind].lists, "booked"
    origin = Origin(kind=kind, slug=slug, name=slug, version=1, last_merged_at=NOW)
    origin.template_uuid = "5b8b1f0c-6a0e-4b8a-8a53-5a1d7c3b2a10"
    first = draw(fields, luck)
    mapping_of(origin).write(origin, first)
    assert not differences(first, mapping_of(origin).read(origin, first), lists=lists)
    base = first
    for _round in range(25):
        theirs = draw(fields, luck)
        mine = mapping_of(origin).read(origin, theirs)
        edited = dict(mine)
        if kind == "service":
            changed = change_items(luck, mine["documents"], luck.random() * 0.9, own=True)
            edited["documents"] = [{"key": item["key"]} for item in changed]
        merged = merge(base, theirs, edited, lists=lists).payload
        if kind == "reply" and not merged["title"]:
            continue
        mapping_of(origin).write(origin, merged)
        found = mapping_of(origin).read(origin, theirs)
        assert not differences(merged, found, lists=lists)
        again = merge(theirs, theirs, found, lists=lists)
        assert not differences(again.payload, found, lists=lists)
        assert again.conflicts == ()
        base = theirs
