"""An invented gazetteer of a few real villages, with the respellings and the homonym that the county's lists prove."""

from datetime import date

from address_service.coding.grammar import ElementKind as K
from address_service.coding.grammar import Gazetteer, KnownName, NameAlias

MERGED = date(2016, 1, 1)

NAMES = (
    KnownName("hunan", K.PROVINCE, "湖南省"),
    KnownName("yueyang", K.PREFECTURE, "岳阳市", "hunan"),
    KnownName("pingjiang", K.COUNTY, "平江县", "yueyang"),
    KnownName("tongshi", K.TOWN, "童市镇", "pingjiang"),
    KnownName("wengjiang", K.TOWN, "瓮江镇", "pingjiang"),
    KnownName("seat", K.VILLAGE, "童市居委会", "tongshi"),
    KnownName("yanzhou", K.VILLAGE, "烟舟村", "tongshi"),
    KnownName("dezi", K.VILLAGE, "德字村", "tongshi"),
    KnownName("shaping", K.VILLAGE, "沙坪村", "tongshi", end=MERGED),
    KnownName("yangdun", K.VILLAGE, "扬墩村", "tongshi", end=MERGED),
    KnownName("yangdun", K.VILLAGE, "杨墩村", "tongshi", start=MERGED),
    KnownName("bajiao", K.VILLAGE, "芭焦村", "tongshi", end=MERGED),
    KnownName("bajiao", K.VILLAGE, "芭蕉村", "tongshi", start=MERGED),
    KnownName("bajiao-wengjiang", K.VILLAGE, "芭蕉村", "wengjiang", end=MERGED),
    KnownName("dongyuan", K.VILLAGE, "东源村", "tongshi", aliases=(NameAlias("东沅村"),)),
    KnownName("zhuxi", K.GROUP, "竹溪组", "dezi"),
    KnownName("xinwu", K.GROUP, "新屋组", "bajiao"),
    KnownName("hengshan", K.GROUP, "横山组", "yanzhou"),
    KnownName("dawu", K.HAMLET, "大屋", "yanzhou"),
)

GAZETTEER = Gazetteer(NAMES)
