"""Values that the pages are made of; the edge fills them in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in: name, office in Chinese, and what the header may offer."""

    name: str
    office: str
    csrf_token: str
    may_assign: bool
    may_number: bool = False
    may_approve: bool = False
    may_order_plates: bool = False
    may_name: bool = False
    may_audit: bool = False
    may_keep_accounts: bool = False
    may_see_residents: bool = False
    may_enrol: bool = False
    may_reveal: bool = False
    may_administer: bool = False
    may_reconcile: bool = False
    may_exchange: bool = False
    may_attach: bool = False
    is_confined: bool = False
    """Nothing but the own account is open before a password or second factor is set."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What somebody typed to sign in: a name with password and code, or an API key."""

    name: str = ""
    password: str = ""
    code: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie that a sign-in sets: HttpOnly and SameSite=Lax always, Secure when the site is https.

    ``is_confined``: the session leads to the own account first.
    """

    name: str
    value: str
    max_age_s: int
    secure: bool
    is_confined: bool = False


@dataclass(frozen=True, slots=True)
class PublicPlate:
    """What a passer-by sees after scanning a plate; nothing about residents, nothing about accounts.

    ``name_text`` and ``number_text`` as printed on the plate; ``stage`` the address' lifecycle stage
    (GB/T 35639-2017), ``successor_text`` today's address where this one is retired, ``replaced`` a plate that has had
    its time.
    """

    name_text: str
    number_text: str
    full_text: str
    address_code: str
    code_grouped: str
    village: str
    stage: str
    valid_from: str = ""
    postcode: str = ""
    successor_text: str = ""
    synthetic: bool = False
    replaced: bool = False
