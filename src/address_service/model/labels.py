"""Chinese labels of every enumeration, in one place."""

from enum import StrEnum

from address_service.model.accounts import Confinement, Right, Role, SignInWay
from address_service.model.address_changes import AddressAct
from address_service.model.addresses import EventKind, Stage, Subject
from address_service.model.aliases import AliasKind
from address_service.model.applications import ApplicationKind, ApplicationStage, EvidenceKind, StepKind, Tray
from address_service.model.attachments import ActSubject
from address_service.model.audit import Channel
from address_service.model.buildings import BuildingUse, PlanKind, PlateState
from address_service.model.division_acts import DivisionActKind
from address_service.model.division_lists import DivisionOutcome, ListSystem, ProposalKind, ProposalState
from address_service.model.divisions import DivisionKind, DivisionLevel, NameState
from address_service.model.findings import FindingCode, Severity
from address_service.model.mapping import PackageStage, RowState
from address_service.model.numbers import NumberState, Side
from address_service.model.places import PlaceKind, StreetKind
from address_service.model.plates import BatchStage, PlateStage
from address_service.model.police_dictionaries import (
    CrosswalkGround,
    CrosswalkState,
    CrosswalkVerdict,
    DictionaryKind,
    TargetKind,
)
from address_service.model.receipts import PaperKind, PaperState, RefusalState
from address_service.model.reconciliation import ExtractStage, Outcome, PersonFinding, RowDecision
from address_service.model.residents import (
    EndReason,
    HouseholdKind,
    LinkWay,
    ResidencyKind,
    RevealPurpose,
    Sex,
)

LABELS: dict[type[StrEnum], dict[StrEnum, str]] = {
    Role: {
        Role.PENDING: "待授权",
        Role.ADMIN: "系统管理员",
        Role.CIVIL_AFFAIRS: "民政办",
        Role.NATURAL_RESOURCES: "自然资源所",
        Role.VILLAGE: "村（居）委会",
        Role.COUNTY: "县级主管部门",
        Role.FIELD_TEAM: "业务队伍",
        Role.POLICE: "派出所",
        Role.FINANCE: "财政所",
        Role.LEADING_GROUP: "平安办",
        Role.SOCIAL_SECURITY: "社保站",
        Role.INSTALLER: "安装队伍",
        Role.ASSISTANT: "协管员",
        Role.SECURITY_ADMIN: "安全管理员",
        Role.AUDIT_ADMIN: "审计管理员",
    },
    Right: {
        Right.READ: "查看",
        Right.IMPORT: "导入",
        Right.ASSIGN: "归组",
        Right.NAME: "地名",
        Right.NUMBER: "编号",
        Right.APPROVE: "批准",
        Right.PLATES: "订制门牌",
        Right.ATTACH: "附件",
        Right.SUBSCRIBE: "订阅变更",
        Right.ADMINISTER: "开设账户",
        Right.RESIDENTS: "查看居民（遮蔽）",
        Right.ENROL: "登记居民",
        Right.REVEAL: "显示居民原文",
        Right.SECURE: "授权与安全",
        Right.AUDIT: "审计",
        Right.RECONCILE: "核对人口底册",
        Right.EXCHANGE: "交换地址对照",
    },
    SignInWay: {
        SignInWay.KEY: "接口密钥",
        SignInWay.PASSWORD: "口令",
        SignInWay.ISSUER: "统一身份认证",
    },
    Confinement: {
        Confinement.PASSWORD: "先改口令",
        Confinement.SECOND_FACTOR: "先设第二因素",
    },
    Stage: {
        Stage.DRAFT: "草案",
        Stage.REJECTED: "退回",
        Stage.CURRENT: "现行",
        Stage.RETIRED: "废弃",
    },
    EventKind: {
        EventKind.CREATE: "新设",
        EventKind.APPROVE: "批准",
        EventKind.REJECT: "退回",
        EventKind.RENAME: "更名",
        EventKind.RESPELL: "更正用字",
        EventKind.RECODE: "换码",
        EventKind.RENUMBER: "改号",
        EventKind.MERGE: "合并",
        EventKind.SPLIT: "拆分",
        EventKind.SWAP: "互换",
        EventKind.RETIRE: "废弃",
        EventKind.REASSIGN: "改派",
        EventKind.CORRECT: "更正",
        EventKind.ABOLISH: "撤销",
        EventKind.BOUNDARY: "界线变更",
        EventKind.TRANSFER: "划转",
        EventKind.CHANGE_KIND: "村居互改",
    },
    ListSystem: {
        ListSystem.NBS: "统计",
        ListSystem.MCA: "民政",
    },
    ProposalKind: {
        ProposalKind.RESPELLED: "写法不同",
        ProposalKind.RENAMED: "名称不同",
        ProposalKind.KIND_CHANGED: "村与社区不同",
        ProposalKind.CODE_REUSED: "代码似换给别村",
        ProposalKind.RECODED: "代码不同",
        ProposalKind.MOVED_TOWN: "乡镇不同",
        ProposalKind.VANISHED: "名录未列",
        ProposalKind.APPEARED: "不在册",
    },
    ProposalState: {
        ProposalState.OPEN: "待决定",
        ProposalState.DECIDED: "已决定",
        ProposalState.SUPERSEDED: "已由别的名录取代",
    },
    DivisionOutcome: {
        DivisionOutcome.RESPELLED: "更正用字",
        DivisionOutcome.RENAMED: "更名",
        DivisionOutcome.KIND_CHANGED: "村居互改",
        DivisionOutcome.CODE_REUSED: "代码给了另一个村",
        DivisionOutcome.RECODED: "换码",
        DivisionOutcome.MOVED_TOWN: "划归另一乡镇",
        DivisionOutcome.MERGED: "并入",
        DivisionOutcome.ABOLISHED: "撤销",
        DivisionOutcome.CREATED: "新设",
        DivisionOutcome.REJECTED: "无此事",
    },
    Subject: {
        Subject.DIVISION: "行政区划",
        Subject.PLACE: "地名",
        Subject.ADDRESS: "地址",
    },
    BuildingUse: {
        BuildingUse.ORGAN: "机关",
        BuildingUse.ENTERPRISE: "企业",
        BuildingUse.SHOP: "商铺",
        BuildingUse.DWELLING: "住宅",
        BuildingUse.MIXED: "混合",
        BuildingUse.OUTBUILDING: "附属",
        BuildingUse.OTHER: "其他",
    },
    PlanKind: {
        PlanKind.AREA: "片区",
        PlanKind.SEGMENT: "街段",
    },
    PlateState: {
        PlateState.GOOD: "完好",
        PlateState.DAMAGED: "损坏",
        PlateState.NONE: "无",
        PlateState.UNREADABLE: "无法辨认",
    },
    DivisionLevel: {
        DivisionLevel.COUNTY: "县级",
        DivisionLevel.TOWNSHIP: "乡级",
        DivisionLevel.VILLAGE: "村级",
    },
    DivisionKind: {
        DivisionKind.COUNTY: "县",
        DivisionKind.TOWN: "镇",
        DivisionKind.TOWNSHIP: "乡",
        DivisionKind.SUBDISTRICT: "街道",
        DivisionKind.ADMINISTRATIVE_VILLAGE: "行政村",
        DivisionKind.COMMUNITY: "社区（居委会）",
        DivisionKind.OTHER: "其他",
    },
    NameState: {
        NameState.PROPOSED: "拟定",
        NameState.APPROVED: "已批准",
        NameState.FILED: "已备案",
    },
    NumberState: {
        NumberState.RESERVED: "预留",
        NumberState.ISSUED: "在用",
        NumberState.RETIRED: "注销",
        NumberState.VACANT: "空号",
    },
    Side: {
        Side.LEFT: "左侧",
        Side.RIGHT: "右侧",
    },
    PlaceKind: {
        PlaceKind.STREET: "街路巷",
        PlaceKind.COMPOUND: "小区",
        PlaceKind.INSTITUTION: "单位院",
        PlaceKind.HAMLET: "自然村",
        PlaceKind.GROUP: "村民小组",
        PlaceKind.VILLAGE: "全村",
    },
    StreetKind: {
        StreetKind.STREET: "街",
        StreetKind.ROAD: "路",
        StreetKind.LANE: "巷",
        StreetKind.ALLEY: "弄",
    },
    BatchStage: {
        BatchStage.ORDERED: "待印制",
        BatchStage.PRINTED: "已生成文件",
        BatchStage.FAILED: "未通过检查",
        BatchStage.MADE: "已制作",
    },
    AddressAct: {
        AddressAct.RETIRE: "注销",
        AddressAct.MERGE: "并门",
        AddressAct.SPLIT: "分门",
        AddressAct.REPLACE: "换码",
        AddressAct.REASSIGN: "改派",
        AddressAct.CORRECT: "更正",
    },
    ActSubject: {
        ActSubject.DIVISION_ACT: "区划地名变更",
        ActSubject.DIVISION_CHANGE: "区划变更方案",
        ActSubject.RENUMBERING: "改号方案",
        ActSubject.ADDRESS_CHANGE: "单条地址变更",
    },
    DivisionActKind: {
        DivisionActKind.CREATE: "新设",
        DivisionActKind.RENAME: "更名",
        DivisionActKind.RESPELL: "更正用字",
        DivisionActKind.RECODE: "换码",
        DivisionActKind.TRANSFER: "划转",
        DivisionActKind.CHANGE_KIND: "村居互改",
        DivisionActKind.BOUNDARY: "界线变更",
        DivisionActKind.ABOLISH: "撤销",
        DivisionActKind.RENAME_PLACE: "地名更名",
        DivisionActKind.PROPOSAL: "名录建议",
    },
    PlateStage: {
        PlateStage.ORDERED: "已订制",
        PlateStage.MADE: "已制作",
        PlateStage.DELIVERED: "已送达",
        PlateStage.RECEIVED: "已签收",
        PlateStage.INSTALLED: "已安装",
        PlateStage.SKIPPED: "不制作",
        PlateStage.REPLACED: "已换发",
    },
    Severity: {
        Severity.ERROR: "错误",
        Severity.WARNING: "存疑",
        Severity.NOTICE: "提示",
    },
    FindingCode: {
        FindingCode.DUPLICATE: "重号",
        FindingCode.WRONG_SIDE: "单双号错侧",
        FindingCode.OUTSIDE_VILLAGE: "在村界外",
        FindingCode.ORDER_INVERSION: "次序颠倒",
        FindingCode.FAR_FROM_NUMBER: "距离与号不符",
        FindingCode.SHARED_NUMBER: "多户共号",
        FindingCode.WITHOUT_ORDER: "全片无序",
        FindingCode.WIDE_GAP: "间距过宽",
        FindingCode.NO_PARCEL: "无宗地",
        FindingCode.SIDES_SWAPPED: "全街单双相反",
        FindingCode.DIRECTION_REVERSED: "全街方向相反",
        FindingCode.STREET_WITHOUT_LINE: "街道无中心线",
    },
    ApplicationKind: {
        ApplicationKind.NEW_HOUSE: "新建房屋",
        ApplicationKind.SPLIT_HOUSEHOLD: "分户",
        ApplicationKind.LOST_PLATE: "补发门牌",
        ApplicationKind.CORRECTION: "更正",
    },
    ApplicationStage: {
        ApplicationStage.RECEIVED: "已受理",
        ApplicationStage.ACCEPTED: "已核定",
        ApplicationStage.REFUSED: "不予办理",
        ApplicationStage.WITHDRAWN: "已撤回",
        ApplicationStage.CLOSED: "已办结",
    },
    Tray: {
        Tray.DECISION: "待办",
        Tray.APPROVAL: "待批",
        Tray.PLATE: "待制牌",
        Tray.DONE: "办结",
    },
    EvidenceKind: {
        EvidenceKind.PERMIT: "建房批准文件",
        EvidenceKind.OWNERSHIP: "不动产权属证明",
        EvidenceKind.HOUSEHOLD_REGISTER: "户口簿",
        EvidenceKind.IDENTITY: "身份证件（已查验）",
        EvidenceKind.PHOTO: "照片",
        EvidenceKind.LETTER: "证明、函件",
        EvidenceKind.OTHER: "其他",
    },
    Channel: {
        Channel.API: "接口",
        Channel.PAGE: "网页",
        Channel.CLI: "命令行",
        Channel.JOB: "后台作业",
        Channel.INSIDE: "系统内部",
    },
    StepKind: {
        StepKind.RECEIVED: "受理",
        StepKind.ACCEPTED: "核定",
        StepKind.REFUSED: "不予办理",
        StepKind.RETURNED: "县级退回",
        StepKind.PLATE_REPLACED: "原门牌作废",
        StepKind.PLATE_ORDERED: "订制门牌",
        StepKind.WITHDRAWN: "撤回",
        StepKind.CLOSED: "办结",
    },
    HouseholdKind: {HouseholdKind.FAMILY: "家庭户", HouseholdKind.COLLECTIVE: "集体户"},
    LinkWay: {LinkWay.CODE: "按编码", LinkWay.PLATE: "按二维码", LinkWay.TEXT: "按地址文字"},
    ResidencyKind: {ResidencyKind.REGISTERED: "户籍地址", ResidencyKind.ACTUAL: "现住址"},
    Sex: {
        Sex.UNKNOWN: "未知的性别",
        Sex.MALE: "男",
        Sex.FEMALE: "女",
        Sex.UNSTATED: "未说明的性别",
    },
    EndReason: {
        EndReason.DECEASED: "死亡",
        EndReason.CANCELLED: "注销",
        EndReason.MOVED_AWAY: "迁出",
    },
    RevealPurpose: {
        RevealPurpose.CASE: "办理事项",
        RevealPurpose.VERIFICATION: "核对身份",
        RevealPurpose.DELIVERY: "送达",
        RevealPurpose.CORRECTION: "更正资料",
        RevealPurpose.EMERGENCY: "应急",
    },
    RefusalState: {
        RefusalState.OPEN: "待处理",
        RefusalState.CORRECTED: "已更正",
        RefusalState.NOT_SENT: "不再下发",
        RefusalState.RESEND: "随下一包重发",
    },
    PaperKind: {
        PaperKind.REGISTER_BOOK: "户口簿",
        PaperKind.RESIDENT_FORM: "常住人口登记表",
    },
    PaperState: {
        PaperState.TO_REISSUE: "待换发",
        PaperState.ISSUED: "已办好",
        PaperState.COLLECTED: "已领取",
        PaperState.SUPERSEDED: "地址又有变更",
    },
    DictionaryKind: {
        DictionaryKind.STREET: "街路巷",
        DictionaryKind.STATION: "派出所",
        DictionaryKind.BEAT: "责任区",
        DictionaryKind.COMMITTEE: "居村委会",
    },
    AliasKind: {
        AliasKind.FORMER: "曾用名",
        AliasKind.SURVEY: "普查写法",
        AliasKind.COLLOQUIAL: "俗称",
        AliasKind.POLICE: "公安写法",
    },
    CrosswalkGround: {
        CrosswalkGround.EXACT: "名称相同",
        CrosswalkGround.ALIAS: "曾用名",
        CrosswalkGround.LINEAGE: "沿革",
        CrosswalkGround.PERSON: "人工提出",
    },
    CrosswalkState: {
        CrosswalkState.PROPOSED: "待核定",
        CrosswalkState.ACCEPTED: "已采纳",
        CrosswalkState.REFUSED: "已否定",
        CrosswalkState.ENDED: "已终止",
    },
    CrosswalkVerdict: {
        CrosswalkVerdict.ACCEPT: "采纳",
        CrosswalkVerdict.REFUSE: "否定",
        CrosswalkVerdict.END: "终止",
    },
    TargetKind: {
        TargetKind.DIVISION: "区划",
        TargetKind.PLACE: "地名",
    },
    Outcome: {
        Outcome.SAME: "一致",
        Outcome.UPDATE: "需更新",
        Outcome.LINEAGE: "经沿革更新",
        Outcome.SEVERAL: "多候选",
        Outcome.NONE: "无法匹配",
        Outcome.ELSEWHERE: "非本辖区",
        Outcome.REGISTER_ONLY: "仅本库有",
    },
    PersonFinding: {
        PersonFinding.SEPARATED: "人户分离",
        PersonFinding.REGISTERED_ELSEWHERE: "本库登记在别的地址",
        PersonFinding.DUPLICATE: "号码重复",
        PersonFinding.DECEASED: "已记载死亡",
        PersonFinding.MOVED_AWAY: "已记载迁出",
        PersonFinding.CANCELLED: "已记载注销",
        PersonFinding.ID_INVALID: "公民身份号码有误",
        PersonFinding.HOUSEHOLD_ELSEWHERE: "户号登记在别的地址",
        PersonFinding.NOT_IN_EXTRACT: "底册没有此门的住户",
    },
    RowDecision: {
        RowDecision.ACCEPT: "采纳",
        RowDecision.CHOOSE: "选定",
        RowDecision.VILLAGE: "转村核实",
        RowDecision.PARK: "搁置",
    },
    ExtractStage: {
        ExtractStage.QUEUED: "排队",
        ExtractStage.RUNNING: "核对中",
        ExtractStage.DONE: "已完成",
        ExtractStage.FAILED: "未能核对",
        ExtractStage.WITHDRAWN: "已撤回",
    },
    PackageStage: {
        PackageStage.ISSUED: "已发出，待确认",
        PackageStage.ACKNOWLEDGED: "已确认",
    },
    RowState: {
        RowState.ISSUED: "已下发",
        RowState.ACCEPTED: "已采纳",
        RowState.REFUSED: "被退回",
        RowState.HELD: "暂不下发",
    },
}
"""By enumeration first: members of two enumerations are equal where their values are."""


def label(value: StrEnum) -> str:
    """The Chinese label of an enumeration's member."""
    return LABELS[type(value)][value]
