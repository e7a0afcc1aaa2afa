"""Bodies and answers about accounts, keys, sessions and second factors."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from address_service.api.schemas.base import Body, DivisionCodeText, Line, Page
from address_service.model.accounts import Confinement, Right, Role, SignInWay

Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UserBody(Body):
    """A new account; office and scope are given by whoever may give them, otherwise later by another account."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    role: Role = Role.PENDING
    division_code: DivisionCodeText | None = Field(
        default=None, examples=["430626113208"], description="缺省为开设者的辖区"
    )


class UserItem(BaseModel):
    """An account."""

    id: UUID
    name: str
    role: Role
    division_code: str
    valid_from: date | None = Field(default=None, description="可以登录的首日")
    valid_until: date | None = Field(default=None, description="可以登录的末日")
    identity: str | None = Field(default=None, description="在统一身份认证处的名称")
    disabled_at: datetime | None = None
    locked_until: datetime | None = None
    has_password: bool = False
    has_second_factor: bool = False


class UserPage(Page):
    """Accounts."""

    items: list[UserItem]


class OfficeBody(Body):
    """Office and scope of an account, with its first and last day."""

    role: Role
    division_code: DivisionCodeText = Field(examples=["430626113208"])
    valid_from: date | None = None
    valid_until: date | None = None
    identity: Line | None = None


class OneTimePassword(BaseModel):
    """A password for one sign-in within seven days; ``password`` is shown this once."""

    password: str


class KeyBody(Body):
    """A new API key."""

    label: Line
    days: int = Field(default=90, ge=1, le=366)
    rights: list[Right] | None = Field(
        default=None, min_length=1, max_length=len(Right), description="缺省为职责的全部权限"
    )


class KeyAnswer(BaseModel):
    """A new API key; ``secret`` is shown this once."""

    id: UUID
    secret: str


class KeyItem(BaseModel):
    """A key, without its secret."""

    id: UUID
    label: str
    rights: list[Right] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class KeyPage(Page):
    """Keys of an account."""

    items: list[KeyItem]


class SessionItem(BaseModel):
    """A live browser session."""

    id: UUID
    opened_by: SignInWay
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_this: bool = Field(description="发出本请求的会话")


class SessionPage(Page):
    """Live sessions of an account."""

    items: list[SessionItem]


class PasswordRules(BaseModel):
    """What a new password must be."""

    min_length: int
    classes: int
    history: int


class MyAccount(BaseModel):
    """Who asks, and what the session has to do first."""

    id: UUID
    name: str
    role: Role
    office: str
    division_code: str
    rights: list[Right]
    signed_in_by: Literal["api_key"] | SignInWay
    must: Confinement | None
    has_second_factor: bool
    csrf_token: str | None
    password_rules: PasswordRules


class PasswordBody(Body):
    """Another password for one's own account."""

    old_password: Secret
    new_password: Secret


class FactorStart(BaseModel):
    """A second factor to confirm: secret in base32, URI and QR code (SVG) for the app."""

    secret: str
    uri: str
    qr_svg: str


class CodeBody(Body):
    """The code that the app shows."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=20)]


class RecoveryCodes(BaseModel):
    """Codes for the day the phone is lost, each good once; shown this once."""

    codes: list[str]
