"""Rows of a list that are nobody: blank ones, a sample, a header printed again, totals and who filled the form in."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from address_service.gis.field_names import name_key

SAMPLE_MARK = "示例，不导入"
"""What stands in a cell of the row that shows how a form is filled in."""


class PassedOver(StrEnum):
    """Why a row is passed over."""

    BLANK = "blank"
    SAMPLE = "sample"
    HEADER = "header"
    FOOTER = "footer"
    NOBODY = "nobody"


_TOLD = {
    PassedOver.SAMPLE: "示例行",
    PassedOver.HEADER: "重复的表头",
    PassedOver.FOOTER: "合计、填表人等表尾行",
    PassedOver.NOBODY: "没有人员内容的行",
}
_SIGNING = re.compile(
    r"(?:填表|制表|填报|编制|录入|登记|调查|采集|审核|审批|复核|核对|经办|统计|主要|包村|村级|单位|本村|被调查)*"
    r"(?:人|员|单位|机关|负责人|干部|书记|主任|组长|网格员|日期|时间|签字|签名|盖章|公章)"
    r"(?:或[^:]{1,6})?(?:签字|签名|盖章)?(?:\([^()]{0,12}\))?:.*"
)
_NOTE = re.compile(r"(?:注|备注|说明|附注|附|填表说明|填写说明|填报说明)[0-9]{0,2}:.*")
_TOTAL = re.compile(r"(?:合计|总计|小计|本页小计|本页合计|累计|本村合计|全村合计)(?:[:0-9共].*)?")
_COUNTED = re.compile(r"(?:本[页村组户])?共计?[0-9]+[户人页行].*|第[0-9]+页.*")
_FOOTERS = (_SIGNING, _NOTE, _TOTAL, _COUNTED)
_SAMPLE_KEY = name_key(SAMPLE_MARK)


def passed_over(cells: Sequence[str], known: Sequence[str], header: Sequence[str]) -> PassedOver | None:
    """Why a row is nobody, None for one that is somebody: ``cells`` as text, ``known`` those of the known columns."""
    first = next((cell for cell in cells if cell), None)
    if first is None:
        return PassedOver.BLANK
    keys = [name_key(cell) for cell in cells]
    if _SAMPLE_KEY in keys:
        return PassedOver.SAMPLE
    if keys == [name_key(name) for name in header]:
        return PassedOver.HEADER
    spoken = "".join(first.split()).replace("：", ":").replace("（", "(").replace("）", ")")
    if any(pattern.fullmatch(spoken) for pattern in _FOOTERS):
        return PassedOver.FOOTER
    return None if any(known) else PassedOver.NOBODY


def notes_of_passed(found: Iterable[PassedOver]) -> list[str]:
    """What was passed over, counted, as a sentence for people; blank rows are not worth one."""
    counted = Counter(found)
    told = [f"{words}{counted[kind]}行" for kind, words in _TOLD.items() if counted[kind]]
    return [f"跳过{'、'.join(told)}"] if told else []
