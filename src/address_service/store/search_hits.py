"""What a search answers: an address, and in which of its fields and in what form it was found."""

from dataclasses import dataclass
from typing import Any

from address_service.coding.initials import initials
from address_service.coding.search_terms import SearchTerms
from address_service.model.numbers import DoorNumber

_WHY = {
    "code-same": ("code", "地址编码一致"),
    "code-starts": ("code", "地址编码以所查数字开头"),
    "parcel": ("parcel", "宗地{}上的建筑物"),
    "building": ("building", "建筑物编号一致"),
    "text-same": ("text", "标准地址一致"),
    "former-same": ("former", "曾用地址一致"),
    "number-same": ("number", "门牌号一致"),
    "text-starts": ("text", "标准地址以所查文字开头"),
    "text-holds": ("text", "标准地址含所查文字"),
    "former-holds": ("former", "曾用地址含所查文字"),
    "apart": ("text", "含所查的各个字词，但不相连"),
    "initials-same": ("initials", "拼音首字母一致"),
    "initials-start": ("initials", "拼音首字母以所查字母开头"),
    "initials-hold": ("initials", "拼音首字母含所查字母"),
    "near": ("near", "相近：{}处相邻两字有{}处相同"),
}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An address that was found, lon and lat in EPSG:4490.

    ``field`` is where: text, former, number, initials, code, parcel, building, near; ``match`` says in Chinese why;
    ``form`` is what was taken for the query there: an old text, a code, the characters behind initials.
    """

    code: str
    full_text: str
    stage: str
    place: str
    number: str
    lon: float
    lat: float
    match: str
    field: str
    form: str


def hit_of(row: tuple[Any, ...], asked: SearchTerms) -> SearchHit:
    """A row of any search statement as a hit of what was asked; of a code, the code as it was read is the text."""
    code, full_text, stage, place, main, sub, inside, lon, lat, kind, tail = row
    field, match = _WHY[kind]
    if kind == "parcel":
        match = match.format(asked.text)
    if kind == "near":
        match = match.format(len(asked.bigrams), sum(gram in tail for gram in asked.bigrams))
    number = f"{DoorNumber(main, sub)}{inside}"
    form = _form(field, tail.split("\n"), asked)
    return SearchHit(code, full_text, stage, place, number, lon, lat, match, field, form)


def _form(field: str, lines: list[str], asked: SearchTerms) -> str:
    if field == "former":
        olds = [line for line in lines[1:] if asked.text in line]
        return min(olds, key=len, default="")
    if field == "initials":
        return next((part for line in lines if (part := _spelled(line, asked.initials))), "")
    return lines[0] if field == "near" else asked.text


def _spelled(line: str, letters: str) -> str:
    """The characters of a line that letters stand for."""
    at = min((at for spelling in initials(line) if (at := spelling.find(letters)) >= 0), default=-1)
    return line[at : at + len(letters)] if at >= 0 else ""
