"""The people of the demonstration: plainly made up, with the letters that real names have."""

from dataclasses import dataclass

FINISHED = (
    "Ṣadé Quillfeather", "Tomás Rivermoss", "Ngọc Anh Lanternby", "Amara Thistledown", "Joaquín Hollowreed", "Imani Brackenfold",
    "Zoë Marrowleaf", "Adébáyọ̀ Stonewhistle", "Lucía Ferncastle", "Chidi Oakhammock", "Renée Willowmere", "Kwame Sorrelgate",
    "Marisol Duskwater", "Theodora Pinequill", "Elías Copperfern", "Yewándé Mossgrove", "Bảo Harrowlark", "Delphine Cinderbrook",
    "Obinna Larkspurrow", "Soledad Whistlepine", "Jamal Frostberry", "Nkechi Amberfield", "Øyvind Saltmarsh", "Priscilla Thornapple",
    "Malik Heronsway", "Graciela Ashquill", "Tunde Riverbell", "Beatriz Moonharrow", "Ọlámidé Clovergate", "Silas Wintergrass",
    "Camille Juniperson", "Rafael Stillwater-Fen", "Ifeoma Larchwood", "Dmitri Honeylocust", "Aaliyah Dewcastle", "Noé Brambleton",
    "Precious Oatfield", "Luz Marina Silverbirch", "Emeka Pebblebrook", "Wren Tallgrass", "Héctor Bluestem", "Naledi Goosefeather",
    "Santiago Rushlight", "Abiọ́dún Hazelcombe", "Fern Applequist",
)  # fmt: skip
RUNNING = (
    "Rosa Elmwhisper", "Kofi Bayleaf", "Nadia Sunderbrook", "Ezequiel Mapleton-Rue", "Thùy Linh Gorsefield", "Marcus Applewhistle",
    "Oluwaṣeun Fairthorn", "Inés Crabtree-Moor", "Desmond Larkfeather", "Yara Wildrice", "Cormac Sweetgale", "Adwoa Cedarquist",
    "Leticia Snowberry", "Jerome Tanglewood", "Sunniva Chokecherry",
)  # fmt: skip
FACILITATORS = ("Marcus Bellwether", "Ruth Oakenshaw")
COORDINATOR = "Hana Meadowlark"
FUNDERS = ("Alma Lindenquist", "Peter Quarrystone")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one person. Indices count lessons, quizzes and narratives in the order of the path."""

    lessons: int = 99
    """How many lessons are read; the next one stays half read when `halfway` is set."""
    halfway: bool = False
    quiz_tries: tuple[int, ...] = ()
    """Which try passes each module quiz; those that are not named pass at the first."""
    exam: str = "pass"
    """`pass`, `second` (passes the second time), `fail` (as often as it may be sat), `none`."""
    returned: tuple[int, ...] = ()
    """Narratives that come back once before they are accepted."""
    stuck: int | None = None
    """A narrative that came back and was not sent again."""
    absent: int | None = None
    """A meeting that was missed."""
    made_up: bool = True
    interview: bool = False
    extra_time: bool = False
    withdraws: bool = False
    revoked: bool = False


def finished_fate(cohort: int, seat: int) -> Fate:
    """Return what becomes of one of the fifteen people of a finished cohort."""
    special = {
        2: Fate(quiz_tries=(2,)),
        3: Fate(revoked=cohort == 1),
        4: Fate(returned=(1,)),
        5: Fate(absent=1),
        6: Fate(extra_time=True, exam="second"),
        7: Fate(interview=True),
        8: Fate(quiz_tries=(1, 2), returned=(0,)),
        11: Fate(lessons=20, withdraws=True),
        12: Fate(exam="fail"),
        13: Fate(stuck=1),
    }
    return special.get(seat, Fate())


def running_fate(seat: int) -> Fate:
    """Return where one of the fifteen people of the running cohort stands; seats 0 and 1 are the demo's two students."""
    special = {
        0: Fate(lessons=28, halfway=True, extra_time=True),
        1: Fate(lessons=25, stuck=0),
        3: Fate(lessons=13, quiz_tries=(2,)),
        5: Fate(lessons=15, absent=1, made_up=False),
        8: Fate(lessons=2),
        10: Fate(interview=True),
        12: Fate(lessons=16, withdraws=True),
        13: Fate(lessons=1, absent=1, made_up=False),
    }
    return special.get(seat, Fate())
