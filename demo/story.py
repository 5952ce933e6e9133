"""What the demo tells: facts about communes are real, everything else is a choice made for it.

The directory of communes (names, populations, town halls, hours) is public data. Which communes
own a station, use the service, hesitate or decline, why, and at which pace they work is invented
for the demonstration and says nothing about the real communes.
"""

from dataclasses import dataclass

from onboarding.stages import Reason, Stage


ASSOCIATION_NAME = "Association des maires de Gironde"
ASSOCIATION_SHORT_NAME = "Maires de Gironde"
ASSOCIATION_SLUG = "gironde"
ASSOCIATION_COLOUR = "#24507f"
DEPARTMENT = "33"
PASSWORD = "parvis-demo"  # noqa: S105 (printed to whoever starts the demo)
DIRECTOR = "association@demo.parvis.test"
REFERENT = "referent@demo.parvis.test"
SHARED_AGENT = "agent@deux-communes.demo.parvis.test"
SHARED_BETWEEN = ("33314", "33240")


@dataclass(frozen=True, slots=True)
class LiveCommune:
    """A commune in service.

    ``online`` and ``phone`` are how many of a hundred appointments are taken so; the rest is
    taken at the counter. Every slot is taken for ``wait`` days. It went live ``age`` days ago.
    """

    insee_code: str
    colour: str
    counters: int
    online: int
    phone: int
    wait: int
    age: int


LIVE = (
    LiveCommune("33314", "#7a1f3d", 2, 83, 13, 3, 420),  # Pauillac: its wines
    LiveCommune("33240", "#2f6b3c", 2, 71, 22, 8, 388),  # Lesparre-Médoc: the forest
    LiveCommune("33243", "#5b3a8c", 3, 66, 24, 17, 361),  # Libourne: the bastide and its wines
    LiveCommune("33227", "#8a6100", 2, 74, 18, 11, 330),  # Langon: the gold of Sauternes
    LiveCommune("33058", "#8a4b2a", 2, 62, 29, 9, 301),  # Blaye: the stone of the citadel
    LiveCommune("33009", "#0b6a8a", 2, 79, 15, 14, 275),  # Arcachon: the ocean
    LiveCommune("33449", "#1d4fa0", 2, 77, 16, 49, 248),  # Saint-Médard-en-Jalles: space
    LiveCommune("33281", "#b23a0e", 3, 81, 12, 27, 222),  # Mérignac: the airport at dusk
    LiveCommune("33036", "#9b2226", 1, 48, 37, 5, 190),  # Bazas: its cattle
    LiveCommune("33352", "#6a4c93", 1, 55, 32, 6, 161),  # La Réole: the old town
    LiveCommune("33140", "#2a7a55", 1, 69, 21, 13, 139),  # Créon: the cycle station
    LiveCommune("33138", "#34679a", 2, 52, 36, 10, 117),  # Coutras: two rivers
    LiveCommune("33366", "#0a5c96", 2, 73, 19, 21, 96),  # Saint-André-de-Cubzac: Cousteau
    LiveCommune("33104", "#4a6318", 1, 58, 31, 4, 75),  # Castelnau-de-Médoc: heath and vines
    LiveCommune("33005", "#0f6f68", 2, 64, 26, 12, 61),  # Andernos-les-Bains: the oyster beds
)
CONSIDERING = {
    "33063": Reason.INTEGRATED,  # Bordeaux
    "33318": Reason.HAS_SOLUTION,  # Pessac
    "33249": Reason.IN_MUTUALISATION,  # Lormont
    "33199": Reason.TRAINING_FIRST,  # Gujan-Mestras
    "33402": Reason.STAFF_TIME,  # Sainte-Foy-la-Grande
}
OTHERS: dict[str, tuple[Stage, Reason | None]] = {
    "33522": (Stage.PROSPECT, None),  # Talence
    "33039": (Stage.PROSPECT, None),  # Bègles
    "33119": (Stage.PROSPECT, None),  # Cenon
    "33167": (Stage.PROSPECT, None),  # Floirac
    "33003": (Stage.PROSPECT, None),  # Ambarès-et-Lagrave
    "33529": (Stage.COMMITTED, None),  # La Teste-de-Buch
    "33056": (Stage.COMMITTED, None),  # Blanquefort
    "33051": (Stage.CONFIGURING, None),  # Biganos
    "33081": (Stage.CONFIGURING, None),  # Cadillac-sur-Garonne
    "33042": (Stage.TRAINING, None),  # Belin-Béliet
    "33108": (Stage.PAUSED, Reason.STAFF_TIME),  # Castillon-la-Bataille
    "33238": (Stage.CHURNED, Reason.HAS_SOLUTION),  # Léognan
    "33550": (Stage.DECLINED, Reason.INTEGRATED),  # Villenave-d’Ornon
    "33192": (Stage.DECLINED, Reason.HAS_SOLUTION),  # Gradignan
    "33069": (Stage.DECLINED, Reason.IN_MUTUALISATION),  # Le Bouscat
    "33162": (Stage.DECLINED, Reason.PREFERS_STATE_TOOL),  # Eysines
}
PATHS: dict[Stage, tuple[Stage, ...]] = {
    Stage.PROSPECT: (),
    Stage.CONSIDERING: (Stage.CONSIDERING,),
    Stage.COMMITTED: (Stage.CONSIDERING, Stage.COMMITTED),
    Stage.CONFIGURING: (Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING),
    Stage.TRAINING: (Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING, Stage.TRAINING),
    Stage.LIVE: (
        *(Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING, Stage.TRAINING, Stage.LIVE),
    ),
    Stage.PAUSED: (*(Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING, Stage.PAUSED),),
    Stage.CHURNED: (
        *(Stage.CONSIDERING, Stage.COMMITTED, Stage.CONFIGURING, Stage.LIVE, Stage.CHURNED),
    ),
    Stage.DECLINED: (Stage.CONSIDERING, Stage.DECLINED),
}
EQUIPPED = frozenset({*(each.insee_code for each in LIVE), *CONSIDERING, *OTHERS})
