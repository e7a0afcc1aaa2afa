"""Ethnicity (民族, 参照 GB/T 3304, whose own text was not read): code or word in, code out."""

from address_service.errors import InvalidInput

_NAMES = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]
_OTHERS = {"其他": "97", "外国血统中国籍人士": "98"}
_BY_NAME = {name: f"{code:02}" for code, name in enumerate(_NAMES, start=1)} | _OTHERS
_CODES = frozenset(_BY_NAME.values())


def read_ethnicity(text: str) -> str:
    """The code of an ethnicity given as code (also without its zero), 汉 or 汉族.

    Raises InvalidInput `ethnicity-unknown`.
    """
    plain = text.strip()
    code = plain.zfill(2) if plain.isascii() and plain.isdigit() else ""
    code = code or _BY_NAME.get(plain) or _BY_NAME.get(plain.removesuffix("族"), "")
    if code not in _CODES:
        raise InvalidInput("民族应为 GB/T 3304 的代码或名称，如 01 或 汉族", code="ethnicity-unknown")
    return code
