"""Ask as little as possible about one person who needs an identity card or a passport.

No database, clock or settings. What is asked depends on what was answered: five questions at most
are put forward, those for rarer cases are marked ``extra`` and all have a usual answer.
Source of the cases: the sheets of service-public.fr named in :mod:`booking.document_texts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


QUESTIONS_PUT_FORWARD = 5


class Title(StrEnum):
    """What can be asked for; both in one visit, too."""

    CARD = "cni"
    PASSPORT = "passport"


class Age(StrEnum):
    """Age on the day of the appointment; fingerprints are taken from 12 on."""

    ADULT = "adult"
    FROM_15 = "15-17"
    FROM_12 = "12-14"
    CHILD = "0-11"


class Motive(StrEnum):
    """Why a title is asked for."""

    FIRST = "first"
    RENEWAL = "renewal"
    LOSS = "loss"
    THEFT = "theft"
    CIVIL_STATUS = "civil_status"
    USAGE_NAME = "usage_name"
    ADDRESS = "address"
    ERROR = "error"
    DIGITAL_IDENTITY = "digital_identity"


class TitleState(StrEnum):
    """How far a title can still be relied upon.

    ``EXPIRED_SECURE`` is an electronic or biometric passport or a plastic card that expired two to
    five years ago; ``NONE`` also stands for an old title that cannot be handed over.
    """

    NONE = "none"
    LONG_VALID = "long_valid"
    VALID = "valid"
    EXPIRED_RECENTLY = "expired_recently"
    EXPIRED_SECURE = "expired_secure"
    EXPIRED_LONG = "expired_long"


class BirthPlace(StrEnum):
    """Where the birth was registered; town halls connected to COMEDEC answer by themselves."""

    CONNECTED = "connected"
    OTHER = "other"
    ABROAD = "abroad"


class Nationality(StrEnum):
    """Whether French nationality goes without saying."""

    ORDINARY = "ordinary"
    PARTICULAR = "particular"


class Housing(StrEnum):
    """Who can prove the address."""

    OWN = "own"
    JUSTIF_ADRESSE = "justif_adresse"
    HOSTED = "hosted"


class Parents(StrEnum):
    """How the parents of a minor live; alternating means custody with two addresses."""

    TOGETHER = "together"
    SEPARATED = "separated"
    ALTERNATING = "alternating"


class Protection(StrEnum):
    """Legal protection of an adult."""

    NONE = "none"
    CURATELLE = "curatelle"
    TUTELLE = "tutelle"


class UsageName(StrEnum):
    """The name to be shown beside that of birth."""

    NONE = "none"
    SPOUSE = "spouse"
    EX_SPOUSE = "ex_spouse"
    WIDOWED = "widowed"
    OTHER_PARENT = "other_parent"


class PreApplication(StrEnum):
    """Whether the request was prepared online, which gives it a number."""

    DONE = "done"
    NONE = "none"


class Channel(StrEnum):
    """How the appointment is booked; the desk answers the phone, too."""

    ONLINE = "online"
    DESK = "desk"


class Territory(StrEnum):
    """The parts of France where prices or proofs differ."""

    MAINLAND = "mainland"
    OVERSEAS = "overseas"
    GUYANE = "guyane"
    MAYOTTE = "mayotte"

    @classmethod
    def of(cls, insee_code: str) -> "Territory":
        """Return the territory of a commune, from its INSEE code."""
        if not insee_code.startswith(("97", "98")):
            return cls.MAINLAND
        return {"973": cls.GUYANE, "976": cls.MAYOTTE}.get(insee_code[:3], cls.OVERSEAS)


REPLACING = frozenset(
    {
        Motive.RENEWAL,
        Motive.CIVIL_STATUS,
        Motive.USAGE_NAME,
        Motive.ADDRESS,
        Motive.ERROR,
        Motive.DIGITAL_IDENTITY,
    }
)
"""The motives for which an old title is given back."""

TRUSTED = frozenset(
    {
        TitleState.LONG_VALID,
        TitleState.VALID,
        TitleState.EXPIRED_RECENTLY,
        TitleState.EXPIRED_SECURE,
    }
)
"""The states in which a title proves identity and nationality by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One person's case, without contradiction.

    ``old_title`` is the one to be replaced, ``other_title`` one of the other kind.
    """

    titles: frozenset[Title]
    age: Age = Age.ADULT
    motive: Motive = Motive.FIRST
    old_title: TitleState = TitleState.NONE
    other_title: TitleState = TitleState.NONE
    birth_place: BirthPlace = BirthPlace.CONNECTED
    nationality: Nationality = Nationality.ORDINARY
    housing: Housing = Housing.OWN
    parents: Parents = Parents.TOGETHER
    protection: Protection = Protection.NONE
    usage_name: UsageName = UsageName.NONE
    pre_application: PreApplication = PreApplication.DONE
    channel: Channel = Channel.ONLINE
    territory: Territory = Territory.MAINLAND

    def __post_init__(self) -> None:
        for contradiction, is_there in {
            "Somebody asks for a card, a passport or both.": not self.titles,
            "Only a title that is replaced can be old.": (
                not self.is_replacing and self.old_title != TitleState.NONE
            ),
            "Only the validity of the old title is told to the year.": (
                self.other_title == TitleState.LONG_VALID
            ),
            "Only the card is renewed for the digital identity.": (
                self.motive == Motive.DIGITAL_IDENTITY and self.titles != {Title.CARD}
            ),
            "Who asks for both for the first time has neither.": (
                self.motive == Motive.FIRST
                and len(self.titles) > 1
                and self.other_title != TitleState.NONE
            ),
            "An adult has no parents to name.": (
                not self.is_minor and self.parents != Parents.TOGETHER
            ),
            "A minor has parents, not a guardian.": (
                self.is_minor and self.protection != Protection.NONE
            ),
            "A minor has no spouse.": self.is_minor
            and self.usage_name not in {UsageName.NONE, UsageName.OTHER_PARENT},
            "A request made online has its number.": (
                self.channel == Channel.ONLINE and self.pre_application == PreApplication.NONE
            ),
            "Justif’Adresse is for the mainland.": (
                self.housing == Housing.JUSTIF_ADRESSE and self.territory != Territory.MAINLAND
            ),
            "Justif’Adresse is declared in the online request.": (
                self.housing == Housing.JUSTIF_ADRESSE
                and self.pre_application == PreApplication.NONE
            ),
        }.items():
            if is_there:
                raise ValueError(contradiction)

    @property
    def is_minor(self) -> bool:
        """Whether a parent comes along."""
        return self.age != Age.ADULT

    @property
    def is_replacing(self) -> bool:
        """Whether there is an old title to give back."""
        return self.motive in REPLACING

    @property
    def is_missing(self) -> bool:
        """Whether the title was lost or stolen."""
        return self.motive in {Motive.LOSS, Motive.THEFT}

    @property
    def has_two_homes(self) -> bool:
        """Whether both parents prove their address, instead of the usual proof."""
        return self.parents == Parents.ALTERNATING

    @property
    def is_proven(self) -> bool:
        """Whether a title the person has proves who she is: no certificate is asked for."""
        return bool({self.old_title, self.other_title} & TRUSTED)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the usual answer is the first choice. Texts are in ``document_texts``."""

    key: str
    choices: tuple[str, ...]
    answer: str
    """The answer given, or the usual one."""
    extra: bool
    """Whether the question is for rarer cases, to be kept out of the way."""


def questions_for(
    titles: frozenset[Title],
    answers: Mapping[str, str],
    *,
    channel: Channel = Channel.ONLINE,
    territory: Territory = Territory.MAINLAND,
) -> tuple[Question, ...]:
    """List what to ask, given the answers so far, most telling questions first.

    An answer that no longer fits (a spouse's name, once the person is a child) is forgotten.

    Raises:
        ValueError: an answer is not one that is ever offered.
    """
    return _Interview(titles, answers, channel=channel, territory=territory).questions()


def situation_of(
    titles: frozenset[Title],
    answers: Mapping[str, str],
    *,
    channel: Channel = Channel.ONLINE,
    territory: Territory = Territory.MAINLAND,
) -> Situation:
    """Conclude from the answers; what was not answered has its usual answer.

    Raises:
        ValueError: an answer is not one that is ever offered.
    """
    return _Interview(titles, answers, channel=channel, territory=territory).situation()


def titles_of(reason: str) -> frozenset[Title]:
    """Read the titles of a service: ``CNI``, ``PASSPORT``, ``CNI-PASSPORT`` or nothing."""
    return frozenset(Title(part.lower()) for part in reason.split("-") if part)


Choice = TypeVar("Choice", bound=StrEnum)


class _Interview:
    """The questions in order, each asked only if the answers before call for it."""

    def __init__(
        self,
        titles: frozenset[Title],
        answers: Mapping[str, str],
        *,
        channel: Channel,
        territory: Territory,
    ) -> None:
        self.titles = titles
        self.answers = answers
        self.channel = channel
        self.territory = territory
        self.asked: list[Question] = []
        self.found: dict[str, StrEnum] = {}
        self._person()
        self._titles_held()
        self._home()
        self._rarer_cases()

    def questions(self) -> tuple[Question, ...]:
        return tuple(sorted(self.asked, key=lambda question: question.extra))

    def situation(self) -> Situation:
        return Situation(
            titles=self.titles,
            channel=self.channel,
            territory=self.territory,
            **self.found,  # type: ignore[arg-type]
        )

    def ask(self, key: str, choices: Sequence[Choice], *, extra: bool = False) -> Choice:
        kind = type(choices[0])
        answer = kind(self.answers[key]) if self.answers.get(key) else choices[0]
        if answer not in choices:
            answer = choices[0]
        extra = extra or sum(not each.extra for each in self.asked) >= QUESTIONS_PUT_FORWARD
        self.asked.append(Question(key, tuple(map(str, choices)), str(answer), extra))
        self.found[key] = answer
        return answer

    def _person(self) -> None:
        self.age = self.ask("age", list(Age))
        usual = Motive.RENEWAL if self.age == Age.ADULT else Motive.FIRST
        motives = [motive for motive in Motive if motive != usual]
        if self.titles != {Title.CARD}:
            motives.remove(Motive.DIGITAL_IDENTITY)
        self.motive = self.ask("motive", [usual, *motives])

    def _titles_held(self) -> None:
        states = [
            TitleState.VALID,
            TitleState.EXPIRED_RECENTLY,
            TitleState.EXPIRED_SECURE,
            TitleState.EXPIRED_LONG,
        ]
        held = TitleState.NONE
        if self.motive in REPLACING:
            told_to_the_year = self.motive == Motive.RENEWAL and Title.CARD in self.titles
            longest = [TitleState.LONG_VALID] if told_to_the_year else []
            held = self.ask("old_title", [*states, *longest, TitleState.NONE])
        has_neither = self.motive == Motive.FIRST and len(self.titles) > 1
        if held not in TRUSTED and not has_neither:
            held = self.ask("other_title", [TitleState.NONE, *states])
        self.is_proven = held in TRUSTED

    def _home(self) -> None:
        prepared = PreApplication.DONE
        if self.channel == Channel.DESK:
            prepared = self.ask("pre_application", list(PreApplication), extra=True)
        declared = self.territory == Territory.MAINLAND and prepared == PreApplication.DONE
        self.ask(
            "housing",
            [home for home in Housing if declared or home != Housing.JUSTIF_ADRESSE],
        )
        if self.age != Age.ADULT:
            self.ask("parents", list(Parents))

    def _rarer_cases(self) -> None:
        if not self.is_proven:
            self.ask("birth_place", list(BirthPlace))
            self.ask("nationality", list(Nationality), extra=True)
        if self.age == Age.ADULT:
            self.ask("protection", list(Protection), extra=True)
            self.ask("usage_name", list(UsageName), extra=self.motive != Motive.USAGE_NAME)
        else:
            self.ask("usage_name", [UsageName.NONE, UsageName.OTHER_PARENT], extra=True)
