"""How offices write and mistype: characters and numerals, gathered by hand from registers, survey sheets and scans."""

import random

from address_service.bench.planted_world import Spot


def _table(listed: str) -> dict[str, str]:
    return dict(item.split(":") for item in listed.split())


HOMOPHONES = _table(
    "舟:州洲周 形:型行刑 墩:敦蹲吨 坪:平评 阳:杨洋扬 洞:栋动 响:向想 字:志自 义:意艺益 花:华 和:合河 桃:逃陶 设:社射 "
    "建:见健 良:凉粮 优:忧悠 合:和河 旺:望王 白:百柏 石:时十 沙:砂纱 乐:了勒 月:越岳 协:斜邪 众:重中 联:连莲 "
    "永:咏涌 丰:风峰 造:灶皂 大:达 烟:炎严 "
    "排:牌 童:同桐 翠:脆 德:得 塝:棒蚌 溪:西希 竹:祝烛 山:三杉 新:心星 桥:乔侨 樟:张章 "
    "塘:糖堂 坡:波泼 枫:风丰 柳:刘流 青:清轻 田:甜填 金:今京 茶:查察 牛:流刘 高:糕膏 江:将姜 清:青情 黄:皇王 港:岗刚 "
    "源:原元 更:耕庚 平:苹坪 尧:摇遥 井:景颈 湾:弯万 荷:河何 松:送宋 梅:煤眉 屋:物乌 家:加佳"
)
"""What a pinyin IME offers beside the right character."""

SHAPES = _table(
    "舟:丹 沙:抄 字:宇 石:右 和:知 永:水 义:又 天:夫 白:臼 合:台 旺:旴 墩:礅 洞:涧 坪:垀 "
    "协:办 月:用 丰:丯 优:犹 良:艮 造:迼 众:从 桃:挑 设:没 建:健 溪:漢 竹:什 桥:挢 樟:獐 "
    "塘:搪 枫:机 柳:抑 青:肯 田:由 金:全 茶:荼 牛:午 高:亭 江:汇 源:湶 平:乎 井:并 屋:屉 "
    "新:析 山:出 烟:烔 翠:萃 响:晌 形:彤 阳:阻 乐:东 二:三"
)
"""What a scanner reads for a worn character."""

RESPELLED = _table(
    "沅:源原 源:沅 塝:旁磅垹 旁:塝磅 扬:杨 杨:扬 焦:蕉 蕉:焦 段:塅 坳:凹垇 垄:垅 湾:塆弯 枧:笕 墩:礅 "
    "坪:枰平 洞:峒 冲:沖 尧:窑 槎:查 旺:望 响:享 塘:圹 溪:谿 坡:陂 岗:冈 烟:菸 屋:握 井:阱"
)
"""How local names are written by ear or by custom."""

TRADITIONAL = str.maketrans(
    "县镇号组东丰义阳单栋楼双联乐陈张刘场庙众设铺响团马对门阴湾长烟协桥层坝墙国贸车站学区岗垄",
    "縣鎮號組東豐義陽單棟樓雙聯樂陳張劉場廟眾設鋪響團馬對門陰灣長煙協橋層壩牆國貿車站學區崗壟",
)
FULL_WIDTH = str.maketrans("0123456789-#", "０１２３４５６７８９－＃")

_DIGITS, _FORMAL, _STEMS = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "甲乙丙丁戊"


def chinese(number: int, formal: bool = False) -> str:
    """A numeral of 1-999: 十二, 二十三, 一百零三; ``formal``: 拾贰, 贰拾叁."""
    digits, ten, hundred = (_FORMAL, "拾", "佰") if formal else (_DIGITS, "十", "百")
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = digits[hundreds] + hundred if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + ten
    elif hundreds and ones:
        text += digits[0]
    return text + (digits[ones] if ones else "")


def any_numeral(draw: random.Random, number: int) -> str:
    """One of the Chinese ways to write a number of 1-999."""
    ways = [chinese(number)] * 4 + [chinese(number, formal=True)]
    if 20 < number < 30:
        ways.append("廿" + _DIGITS[number % 10])
    if 30 < number < 40:
        ways.append("卅" + _DIGITS[number % 10])
    if 10 <= number < 20:
        ways.append("一" + chinese(number))
    if number >= 100:
        ways.append("".join("〇一二三四五六七八九"[int(digit)] for digit in str(number)))
        ways.append(chinese(number).replace("零", "〇"))
    return draw.choice(ways)


def sub_number(draw: random.Random, spot: Spot) -> str:
    """One of the ways to write a number with a sub-number."""
    n, sub = spot.number, spot.sub
    ways = [
        f"{n}-{sub}号",
        f"{n}号-{sub}",
        f"{n}号之{chinese(sub)}",
        f"{n}之{sub}号",
        f"{n}附{sub}号",
        f"{n}号附{chinese(sub)}号",
        f"{n}号附{sub}",
        f"{n}号{_STEMS[sub - 1]}",
        f"{n}{_STEMS[sub - 1]}号",
        f"{n:03}号附{sub}",
        f"{n}—{sub}号",
        f"{n}#-{sub}",
        f"{n}(附{sub})号",
    ]
    return draw.choice(ways)


def rooms(draw: random.Random, inside: str) -> str:
    """One of the ways to write ``2栋1单元302室``."""
    building, rest = inside.split("栋")
    unit, room = rest.removesuffix("室").split("单元")
    ways = [
        f"{building}-{unit}-{room}",
        f"{building}幢{unit}单元{room}",
        f"{building}号楼{unit}单元{room}室",
        f"{chinese(int(building))}栋{chinese(int(unit))}单元{room}房",
        f"第{building}栋第{unit}单元{room}号",
        f"{building}栋{unit}单元{room}",
        f"{building}#楼{unit}单元{room}室",
        f"{building}栋 {unit}单元 {room} 室",
    ]
    return draw.choice(ways)


def mistyped(draw: random.Random, name: str, table: dict[str, str]) -> str | None:
    """A name with one of its characters exchanged by a table, None where none is in it."""
    spots = [n for n, character in enumerate(name) if character in table]
    if not spots:
        return None
    at = draw.choice(spots)
    return name[:at] + draw.choice(table[name[at]]) + name[at + 1 :]
