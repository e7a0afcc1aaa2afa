"""What people type into the search box of a made county: names of villages, and questions of every kind, seeded."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

VILLAGES = 540
_FIRST = "新大石长白黄东西南北上下龙凤金青高横沙杨芭童翠永义德和协竹枫樟桃梅松柏双三五七九仁礼安平太乐重单曾"
_SECOND = "坪洞塘冲坳源江溪泉田湾桥铺岭坡屋园林茂兴建明光华星阳花市墩石嘴头背塅岸港排洲畈坑山峰岩井寨"
_TOWN = ("童市镇", "瓮江镇", "三阳乡", "南江镇", "长寿镇", "安定镇")
_DIGITS = "零一二三四五六七八九"

# Letters as a clerk of Hunan types them, by hand and not by the dictionary that fills the index.
_LETTERS = dict(zip(_FIRST, "xdscbhdxnbsxlfjqghsybtcyydhxzfztmsbsswqjrlaptlcsz", strict=True))
_LETTERS |= dict(zip(_SECOND, "pdtcayjxqtwqplpwylmxjmghxyhsdsztbdagpzfksfyjz", strict=True))


@dataclass(frozen=True, slots=True)
class Door:
    """A door as it stands in the register."""

    town: str
    village: str
    place: int
    number: int
    code: str

    @property
    def tail(self) -> str:
        """The text behind the town."""
        return f"{self.village}{self.place}组{self.number}号"


def village_names() -> list[tuple[str, str]]:
    """Village and town by number, ninety to a town; first and second characters are as unevenly common as in life."""
    draw = random.Random(20_260_302)  # noqa: S311 - repeatable, not secret
    names: dict[str, None] = {}
    while len(names) < VILLAGES:
        first = _FIRST[min(int(draw.expovariate(0.08)), len(_FIRST) - 1)]
        names[f"{first}{draw.choice(_SECOND)}村"] = None
    return [(name, _TOWN[n // 90]) for n, name in enumerate(names)]


def old_name(village: str) -> str:
    """What a village was called before, for one in ten."""
    return f"{village[0]}{village[1]}大队" if _LETTERS[village[0]] in "xb" else ""


HOSTILE: tuple[str, ...] = (
    "（" * 10_000,
    "😀" * 5_000,
    "%",
    "_" * 40,
    "%村%1%号%",
    "\x00烟舟\x00",
    "'; DROP TABLE address; --",
    "村" * 10_000,
    "1" * 10_000,
    "组1号" * 3_000,
    "a" * 10_000,
    "z1" * 50,
    "新大石长白黄东西南北上下龙凤金青高横沙杨芭童翠永义德和协竹枫樟桃梅松柏双" * 3,
    "村1组1号2组2号3组3号4组4号5组5号6组6号7组7号8组8号9组9号1村2村3村4村5村",
)

_KINDS: tuple[tuple[int, str, Callable[[Door, random.Random], str]], ...] = (
    (12, "two characters", lambda door, _: door.village[:2]),
    (
        6,
        "two characters of numbers",
        lambda door, d: d.choice([f"组{door.number % 9 + 1}", f"{door.place}组", f"村{door.place}"]),
    ),
    (2, "common words", lambda _, d: d.choice(["村", "组", "号", "1号", "组1", "村1"])),
    (14, "whole", lambda door, _: f"湖南省岳阳市平江县{door.town}{door.tail}"),
    (12, "tail", lambda door, _: door.tail),
    (10, "begun", lambda door, d: door.tail[: d.randint(3, len(door.tail))]),
    (8, "town and village", lambda door, _: f"{door.town}{door.village}"),
    (8, "group and number", lambda door, _: f"{door.place}组{door.number}号"),
    (4, "chinese numerals", lambda door, _: f"{door.village}{_DIGITS[door.place]}组{door.number}号"),
    (8, "initials", lambda door, _: f"{_initials(door)}c{door.place}z{door.number}h"),
    (4, "begun initials", lambda door, d: f"{_initials(door)}c{door.place}z"[: d.randint(2, 5)]),
    (4, "code", lambda door, _: door.code),
    (3, "begun code", lambda door, d: door.code[: d.randint(6, 20)]),
    (3, "slip", lambda door, d: _slip(door.tail, d)),
    (1, "not there", lambda door, _: f"{door.village}{door.place}组{door.number + 90_000}号"),
    (1, "hostile", lambda _, d: d.choice(HOSTILE)),
)
"""Share in a hundred, name, question."""


def kinds() -> list[str]:
    """Names of the kinds of questions."""
    return [name for _, name, _ in _KINDS]


def questions(doors: Sequence[Door], count: int, seed: int) -> list[tuple[str, str]]:
    """Kind and text of so many questions, each about a door of its own; every hostile one among them."""
    draw = random.Random(seed)  # noqa: S311
    weights = [share for share, _, _ in _KINDS]
    asked = [("hostile", text) for text in HOSTILE]
    while len(asked) < count:
        _, name, make = draw.choices(_KINDS, weights)[0]
        asked.append((name, make(draw.choice(doors), draw)))
    draw.shuffle(asked)
    return asked


def typed(doors: Sequence[Door], count: int, seed: int) -> list[str]:
    """What a type-ahead is asked while people type: each question grows by a few characters until it is whole."""
    draw = random.Random(seed)  # noqa: S311
    asked: list[str] = []
    while len(asked) < count:
        door = draw.choice(doors)
        whole = draw.choice(
            [door.tail, door.tail, door.town + door.tail, f"{_initials(door)}c{door.place}z{door.number}h"]
        )
        asked += [whole[:end] for end in range(draw.randint(1, 2), len(whole), draw.randint(1, 3))] + [whole]
    return asked[:count]


def _initials(door: Door) -> str:
    return _LETTERS[door.village[0]] + _LETTERS[door.village[1]]


def _slip(tail: str, draw: random.Random) -> str:
    at = draw.randrange(2)
    return tail[:at] + draw.choice("烟舟瓮湘") + tail[at + 1 :]
