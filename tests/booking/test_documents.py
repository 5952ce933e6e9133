import json
from datetime import date
from itertools import product

import pytest

from booking.documents import (
    RULES,
    RULES_VERSION,
    SERVICE_DOCUMENTS,
    from_snapshot,
    listed_documents,
    required_documents,
)
from booking.situations import (
    QUESTIONS_PUT_FORWARD,
    Age,
    BirthPlace,
    Channel,
    Housing,
    Motive,
    Nationality,
    Parents,
    PreApplication,
    Protection,
    Situation,
    Territory,
    Title,
    TitleState,
    UsageName,
    questions_for,
    situation_of,
    titles_of,
)
from booking.stamps import STAMP_RATES, StampAge, StampCase, StampRate, stamps_for


DAY = date(2026, 11, 23)
CARD = frozenset({Title.CARD})
PASSPORT = frozenset({Title.PASSPORT})
BOTH = CARD | PASSPORT


def situation(titles=CARD, **more) -> Situation:
    return Situation(titles=titles, **more)


def renewal(titles=CARD, old_title=TitleState.VALID, **more) -> Situation:
    return situation(titles, motive=Motive.RENEWAL, old_title=old_title, **more)


def keys(case: Situation) -> set[str]:
    return set(required_documents(case, on=DAY).keys)


def possible(**choices) -> list[Situation]:
    """Make every situation that is not a contradiction."""
    found = []
    for values in product(*choices.values()):
        try:
            found.append(Situation(**dict(zip(choices, values, strict=True))))
        except ValueError:
            continue
    return found


def all_situations() -> list[Situation]:
    """Combine everything that documents depend on together, then the rest one by one."""
    titles = [CARD, PASSPORT, BOTH]
    return [
        *possible(
            titles=titles,
            age=Age,
            motive=Motive,
            old_title=TitleState,
            other_title=TitleState,
            birth_place=BirthPlace,
            nationality=Nationality,
            protection=Protection,
        ),
        *possible(
            titles=titles,
            age=[Age.ADULT, Age.FROM_15],
            motive=[Motive.FIRST, Motive.LOSS, Motive.CIVIL_STATUS],
            old_title=[TitleState.NONE, TitleState.VALID],
            housing=Housing,
            parents=Parents,
            usage_name=UsageName,
            pre_application=PreApplication,
            channel=Channel,
            territory=[Territory.MAINLAND, Territory.MAYOTTE],
        ),
    ]


@pytest.fixture(scope="module")
def every():
    """Give all situations with the keys of their documents."""
    return [(case, keys(case)) for case in all_situations()]


# What must hold in all situations.


def test_every_document_is_asked_for_in_some_situation(every):
    assert set().union(*(found for _, found in every)) == {rule.key for rule in RULES}
    assert len(RULES) == 28


def test_a_photo_and_the_request_are_always_asked_for(every):
    for _, found in every:
        assert "photo" in found
        assert len(found & {"pre_demande", "paper_form"}) == 1


def test_the_address_is_proven_exactly_once(every):
    ways = {"proof_address", "justif_adresse", "host_letter", "both_parents_address"}

    for case, found in every:
        expected = 2 if case.has_two_homes and case.housing == Housing.HOSTED else 1
        assert len(found & ways) == expected
        assert ("host_letter" in found) == ("host_proof" in found) == ("host_id" in found)


def test_minors_always_bring_a_parent(every):
    for case, found in every:
        assert ("parent_id" in found) == case.is_minor


def test_certificates_are_asked_for_only_without_a_title_that_proves(every):
    for case, found in every:
        if case.is_proven:
            assert found & {"old_title", "other_title"}
            assert not found & {"birth_certificate", "nationality"}
        else:
            assert "other_title" not in found


def test_a_stamp_is_asked_for_exactly_when_there_is_something_to_pay(every):
    for case, found in every:
        assert ("tax_stamp" in found) == (sum_of_stamps(case) > 0)


def test_documents_come_in_the_same_order_and_once(every):
    order = [rule.key for rule in RULES]

    for case, _ in every[::50]:
        found = required_documents(case, on=DAY).keys
        assert list(found) == sorted(set(found), key=order.index)


def test_every_checklist_comes_back_from_its_snapshot(every):
    for case, _ in every[::20]:
        checklist = required_documents(case, on=DAY)

        assert from_snapshot(json.loads(json.dumps(checklist.to_snapshot()))) == checklist


# Cases a secretary would check.


def test_an_adult_who_renews_her_card_brings_four_things():
    found = required_documents(renewal(), on=DAY)

    assert found.keys == ("pre_demande", "photo", "proof_address", "old_title")
    assert found.amount_cents == 0


def test_a_child_gets_a_first_passport():
    case = situation(PASSPORT, age=Age.CHILD, birth_place=BirthPlace.OTHER)

    found = required_documents(case, on=DAY)

    assert found.keys == (
        "pre_demande",
        "photo",
        "proof_address",
        "birth_certificate",
        "tax_stamp",
        "parent_id",
    )
    assert found.amount_cents == 1700


def test_a_lost_card_is_declared_and_paid_for():
    case = situation(motive=Motive.LOSS)

    assert keys(case) >= {"loss_declaration", "photo_document", "tax_stamp"}
    assert keys(situation(motive=Motive.LOSS, other_title=TitleState.VALID)).isdisjoint(
        {"photo_document", "birth_certificate"}
    )


def test_a_stolen_passport_needs_the_declaration_of_the_police():
    assert "theft_declaration" in keys(situation(PASSPORT, motive=Motive.THEFT))


@pytest.mark.parametrize("birth_place", [BirthPlace.CONNECTED, BirthPlace.ABROAD])
def test_a_dematerialised_civil_registry_spares_the_certificate(birth_place):
    assert "birth_certificate" not in keys(situation(birth_place=birth_place))


def test_nationality_is_proven_in_particular_cases_only():
    particular = {"nationality": Nationality.PARTICULAR}

    assert "nationality" in keys(situation(**particular))
    assert "nationality" not in keys(
        situation(other_title=TitleState.EXPIRED_SECURE, **particular)
    )
    assert "nationality" in keys(situation(other_title=TitleState.EXPIRED_LONG, **particular))


def test_alternating_custody_asks_both_parents():
    case = situation(age=Age.FROM_12, parents=Parents.ALTERNATING)

    assert keys(case) >= {"custody_decision", "both_parents_address", "both_parents_id"}
    assert "custody_decision" not in keys(situation(age=Age.FROM_12, parents=Parents.SEPARATED))


def test_a_guardian_comes_along_for_tutelle_only():
    curatelle = keys(situation(protection=Protection.CURATELLE))
    tutelle = keys(situation(protection=Protection.TUTELLE))

    assert tutelle - curatelle == {"guardian_presence"}
    assert curatelle >= {"protection_judgment", "guardian_id"}


@pytest.mark.parametrize(
    ("usage_name", "key"),
    [
        (UsageName.SPOUSE, "marriage_proof"),
        (UsageName.EX_SPOUSE, "ex_spouse_agreement"),
        (UsageName.WIDOWED, "spouse_death"),
        (UsageName.OTHER_PARENT, "other_parent_name"),
    ],
)
def test_a_usage_name_is_justified(usage_name, key):
    assert key in keys(situation(usage_name=usage_name))
    assert key not in keys(situation())


def test_a_card_renewed_long_before_its_end_needs_a_reason_to_travel():
    digital = situation(motive=Motive.DIGITAL_IDENTITY, old_title=TitleState.LONG_VALID)

    assert "travel_proof" in keys(renewal(old_title=TitleState.LONG_VALID))
    assert "travel_proof" not in keys(renewal())
    assert "travel_proof" not in keys(digital)


def test_the_desk_takes_requests_on_paper():
    case = situation(channel=Channel.DESK, pre_application=PreApplication.NONE)

    assert "paper_form" in keys(case)


# Prices.


def sum_of_stamps(case: Situation, *, on: date = DAY) -> int:
    return sum(stamp.amount_cents for stamp in stamps_for(case, on=on))


@pytest.mark.parametrize(
    ("age", "territory", "amount"),
    [
        (Age.ADULT, Territory.MAINLAND, 8600),
        (Age.FROM_15, Territory.MAINLAND, 4200),
        (Age.FROM_12, Territory.MAINLAND, 1700),
        (Age.CHILD, Territory.OVERSEAS, 1700),
        (Age.ADULT, Territory.GUYANE, 4300),
        (Age.FROM_15, Territory.GUYANE, 2100),
        (Age.CHILD, Territory.GUYANE, 850),
        (Age.ADULT, Territory.MAYOTTE, 8600),
    ],
)
def test_a_passport_is_paid_by_age_and_territory(age, territory, amount):
    case = situation(PASSPORT, age=age, territory=territory)

    assert required_documents(case, on=DAY).amount_cents == amount


def test_in_mayotte_the_photo_can_be_taken_at_the_desk():
    (stamp,) = stamps_for(situation(PASSPORT, territory=Territory.MAYOTTE), on=DAY)

    assert stamp.desk_photo_cents == 300


@pytest.mark.parametrize(
    ("case", "amount"),
    [
        (situation(), 0),
        (renewal(), 0),
        (renewal(old_title=TitleState.NONE), 2500),
        (situation(motive=Motive.THEFT), 2500),
        (situation(motive=Motive.LOSS, territory=Territory.GUYANE), 1250),
        (situation(BOTH, motive=Motive.LOSS), 11100),
        (renewal(BOTH), 8600),
        (situation(PASSPORT, motive=Motive.ADDRESS, old_title=TitleState.VALID), 0),
        (situation(PASSPORT, motive=Motive.ADDRESS, old_title=TitleState.EXPIRED_RECENTLY), 8600),
    ],
)
def test_a_card_is_paid_for_only_when_the_old_one_is_not_handed_over(case, amount):
    assert sum_of_stamps(case) == amount


def rate(amount_cents=9000, **more) -> StampRate:
    return StampRate(
        **{
            "title": Title.PASSPORT,
            "case": StampCase.ISSUE,
            "ages": frozenset(StampAge),
            "territories": frozenset(Territory),
            "amount_cents": amount_cents,
            "valid_from": DAY,
            "source": "F14929",
        }
        | more
    )


def test_the_price_is_that_of_the_day_of_the_appointment():
    yesterday, tomorrow = date(2026, 11, 22), date(2026, 11, 24)
    rates = (rate(8600, valid_from=date(2015, 1, 1), valid_to=yesterday), rate(9000))

    def price(on):
        return required_documents(situation(PASSPORT), on=on, rates=rates).amount_cents

    assert (price(yesterday), price(DAY), price(tomorrow)) == (8600, 9000, 9000)


def test_a_day_without_a_known_price_is_not_given_a_wrong_one():
    with pytest.raises(LookupError, match="2000-01-01"):
        required_documents(situation(PASSPORT), on=date(2000, 1, 1))


@pytest.mark.parametrize(
    "wrong", [{"amount_cents": 0}, {"desk_photo_cents": -1}, {"valid_to": date(2020, 1, 1)}]
)
def test_an_impossible_rate_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        rate(**wrong)


def test_one_price_applies_to_each_case_each_day():
    for each in product(Title, StampCase, StampAge, Territory):
        title, case, age, territory = each
        found = [
            known
            for known in STAMP_RATES
            if (known.title, known.case) == (title, case)
            and age in known.ages
            and territory in known.territories
            and known.applies(DAY)
        ]
        expected = (Title.PASSPORT, StampCase.ISSUE), (Title.CARD, StampCase.REPLACEMENT)
        assert len(found) == ((title, case) in expected), each


# Questions.


def walk(titles, channel, territory, answers=None):
    """Answer the questions in every way, those put forward only."""
    answers = answers or {}
    questions = questions_for(titles, answers, channel=channel, territory=territory)
    yield answers, questions
    pending = next((q for q in questions if not q.extra and q.key not in answers), None)
    if pending:
        for choice in pending.choices:
            yield from walk(titles, channel, territory, answers | {pending.key: choice})


@pytest.mark.parametrize("titles", [CARD, PASSPORT, BOTH], ids=["card", "passport", "both"])
@pytest.mark.parametrize("channel", Channel)
def test_five_taps_are_enough_and_every_way_ends_in_a_list(titles, channel):
    for answers, questions in walk(titles, channel, Territory.MAINLAND):
        case = situation_of(titles, answers, channel=channel)

        assert sum(not question.extra for question in questions) <= QUESTIONS_PUT_FORWARD
        assert len({question.key for question in questions}) == len(questions)
        assert all(question.answer in question.choices for question in questions)
        assert keys(case)


def test_every_question_has_its_usual_answer_first():
    for question in questions_for(CARD, {}):
        assert question.answer == question.choices[0]

    assert situation_of(CARD, {}) == renewal()
    assert situation_of(CARD, {"age": "0-11"}) == situation(age=Age.CHILD)


def asked(titles=CARD, *, extra=False, channel=Channel.ONLINE, **answers) -> list[str]:
    return [
        question.key
        for question in questions_for(titles, answers, channel=channel)
        if question.extra is extra
    ]


def test_only_what_matters_is_asked():
    assert asked() == ["age", "motive", "old_title", "housing"]
    assert asked(motive="first") == ["age", "motive", "other_title", "housing", "birth_place"]
    assert asked(motive="first", other_title="valid") == [
        "age",
        "motive",
        "other_title",
        "housing",
    ]
    assert asked(age="0-11", motive="renewal") == [
        "age",
        "motive",
        "old_title",
        "housing",
        "parents",
    ]
    assert asked(BOTH, motive="first") == ["age", "motive", "housing", "birth_place"]
    assert "usage_name" in asked(motive="usage_name")
    assert asked(extra=True) == ["protection", "usage_name"]
    assert asked(extra=True, channel=Channel.DESK) == [
        "pre_application",
        "protection",
        "usage_name",
    ]
    assert asked(age="0-11", extra=True) == ["birth_place", "nationality", "usage_name"]


def test_choices_that_make_no_sense_are_not_offered():
    def choices(key, titles=CARD, territory=Territory.MAINLAND, **answers):
        questions = questions_for(titles, answers, channel=Channel.DESK, territory=territory)
        return next(question.choices for question in questions if question.key == key)

    assert "digital_identity" in choices("motive")
    assert "digital_identity" not in choices("motive", PASSPORT)
    assert "long_valid" in choices("old_title")
    assert "long_valid" not in choices("old_title", motive="address")
    assert "long_valid" not in choices("old_title", PASSPORT)
    assert "justif_adresse" in choices("housing")
    assert "justif_adresse" not in choices("housing", territory=Territory.GUYANE)
    assert "justif_adresse" not in choices("housing", pre_application="none")
    assert "spouse" not in choices("usage_name", age="15-17")


def test_an_answer_that_no_longer_fits_is_forgotten():
    answers = {"age": "0-11", "usage_name": "spouse", "protection": "tutelle"}

    assert situation_of(CARD, answers) == situation(age=Age.CHILD)


def test_an_answer_that_was_never_offered_is_refused():
    with pytest.raises(ValueError, match="martian"):
        situation_of(CARD, {"age": "martian"})
    with pytest.raises(ValueError, match="martian"):
        questions_for(CARD, {"housing": "martian"})


def test_titles_are_read_from_the_reason_of_a_service():
    assert [titles_of(reason) for reason in ("CNI", "PASSPORT", "CNI-PASSPORT", "")] == [
        CARD,
        PASSPORT,
        BOTH,
        frozenset(),
    ]
    with pytest.raises(ValueError, match="visa"):
        titles_of("VISA")


@pytest.mark.parametrize(
    ("insee_code", "territory"),
    [
        ("33314", Territory.MAINLAND),
        ("2B033", Territory.MAINLAND),
        ("97105", Territory.OVERSEAS),
        ("97302", Territory.GUYANE),
        ("97608", Territory.MAYOTTE),
        ("98818", Territory.OVERSEAS),
    ],
)
def test_an_insee_code_tells_where_prices_differ(insee_code, territory):
    assert Territory.of(insee_code) == territory


@pytest.mark.parametrize(
    "wrong",
    [
        {"titles": frozenset()},
        {"old_title": TitleState.VALID},
        {"other_title": TitleState.LONG_VALID},
        {"titles": BOTH, "other_title": TitleState.VALID},
        {"titles": PASSPORT, "motive": Motive.DIGITAL_IDENTITY},
        {"parents": Parents.SEPARATED},
        {"age": Age.CHILD, "protection": Protection.TUTELLE},
        {"age": Age.FROM_15, "usage_name": UsageName.SPOUSE},
        {"pre_application": PreApplication.NONE},
        {"housing": Housing.JUSTIF_ADRESSE, "territory": Territory.OVERSEAS},
        {
            "housing": Housing.JUSTIF_ADRESSE,
            "channel": Channel.DESK,
            "pre_application": PreApplication.NONE,
        },
    ],
)
def test_a_contradictory_situation_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        Situation(**{"titles": CARD} | wrong)


# The other services.


def test_a_plain_list_is_a_checklist_too():
    checklist = listed_documents(SERVICE_DOCUMENTS["citizen_census"], on=DAY)

    assert checklist.keys == ("identity", "family_book", "address_proof_if_any")
    assert from_snapshot(checklist.to_snapshot()) == checklist


def test_a_checklist_stays_what_the_citizen_was_told():
    old = {
        "version": 0,
        "on": "2020-02-03",
        "situation": None,
        "documents": [{"key": "fax", "amount_cents": 100}],
        "stamps": [],
    }

    assert from_snapshot(old).to_snapshot() == old
    assert required_documents(situation(), on=DAY).rules_version == RULES_VERSION


@pytest.mark.parametrize("broken", [{}, {"version": 1, "situation": None, "on": "tomorrow"}])
def test_what_is_no_snapshot_is_refused(broken):
    with pytest.raises((KeyError, ValueError)):
        from_snapshot({"documents": [], "stamps": []} | broken)
