"""Bodies that change or look up households and residents."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from address_service.api.schemas.base import Body
from address_service.model.residents import EndReason, HouseholdKind, RevealPurpose
from address_service.services.change_relations import RelationsAsked
from address_service.services.enrol_residents import HouseholdAsked, NewcomerAsked
from address_service.services.move_residents import HouseholdMove, PersonMove

_Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
_AddressCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{26}$")]
_FACTS = ("name", "id_no", "born_on", "sex", "phone", "ethnicity")


class FactsBody(Body):
    """What is kept of a person; members left out of a change stay as they are, null empties them."""

    name: _Short | None = None
    id_no: _Short | None = Field(default=None, description="公民身份号码，18位或旧号15位")
    born_on: _Short | None = Field(default=None, description="无公民身份号码时填，如 1980-03-02")
    sex: _Short | None = Field(default=None, description="男、女，或 GB/T 2261.1 代码")
    phone: _Short | None = None
    ethnicity: _Short | None = Field(default=None, description="GB/T 3304 代码；未开启时不保存")

    def values(self) -> Mapping[str, str | None]:
        """The members that were sent."""
        return {name: getattr(self, name) for name in _FACTS if name in self.model_fields_set}


class NewcomerBody(FactsBody):
    """A person about to be enrolled in a household."""

    relation: _Short = Field(description="与户主关系，GB/T 4761 代码或词", examples=["02"])
    lives_at: _AddressCode | None = Field(default=None, description="现住址编码，缺省为户籍地址")
    arrived_on: date | None = Field(default=None, description="何时来本址")

    def asked(self) -> NewcomerAsked:
        """As the use-case takes it."""
        return NewcomerAsked(self.values(), self.relation, self.lives_at, self.arrived_on)


class JoinBody(NewcomerBody):
    """One more person in a household, from a day on."""

    since: date | None = Field(default=None, description="自哪天起，缺省为今天")


class HouseholdBody(Body):
    """A household about to be enrolled at an address."""

    kind: HouseholdKind
    address_code: _AddressCode
    book_no: _Short | None = Field(default=None, description="户号")
    since: date | None = Field(default=None, description="自哪天起，缺省为今天")
    members: list[NewcomerBody] = Field(default=[], max_length=500)

    def asked(self) -> HouseholdAsked:
        """As the use-case takes it."""
        members = [member.asked() for member in self.members]
        return HouseholdAsked(self.kind, self.address_code, members, self.book_no, self.since)


class HouseholdChangeBody(Body):
    """Another 户号; null takes it away."""

    book_no: _Short | None


class HouseholdMoveBody(Body):
    """Where a household is registered from a day on."""

    address_code: _AddressCode
    document_no: _Short
    on: date | None = None
    arrived_on: date | None = None
    those_living_there_too: bool = Field(default=True, description="现住原址的成员一并改住新址")

    def asked(self) -> HouseholdMove:
        """As the use-case takes it."""
        return HouseholdMove(**self.model_dump())


class RelationsBody(Body):
    """Other relations within a household, of those alone who get another one."""

    relations: dict[UUID, _Short] = Field(min_length=1, max_length=100, description="人员编号→与户主关系")
    reason: _Words
    on: date | None = None
    document_no: _Short = Field(default="", description="文书号，没有时不填")

    def asked(self) -> RelationsAsked:
        """As the use-case takes it."""
        return RelationsAsked(**self.model_dump())


class PersonMoveBody(Body):
    """Another household, another dwelling, or both."""

    household_id: UUID | None = None
    relation: _Short | None = None
    lives_at: _AddressCode | None = None
    on: date | None = None
    arrived_on: date | None = None
    document_no: _Short = Field(default="", description="户口迁移的文书号；只改现住址时不填")
    new_head: UUID | None = Field(default=None, description="户主迁出时由谁接任")

    def asked(self) -> PersonMove:
        """As the use-case takes it."""
        return PersonMove(**self.model_dump())


class EndPersonBody(Body):
    """That a person is no longer here, as an authority decided."""

    reason: EndReason
    document_no: _Short
    on: date | None = None
    new_head: UUID | None = None


class EndHouseholdBody(Body):
    """That a household has ended, as an authority decided."""

    document_no: _Short
    on: date | None = None


class RevealBody(Body):
    """What somebody wants to see unmasked for."""

    purpose: RevealPurpose
    reason: _Words


class LookUpBody(Body):
    """One of the three, exactly."""

    id_no: _Short | None = None
    name: _Short | None = None
    phone: _Short | None = None


class HouseholdLookUpBody(Body):
    """A 户号 or the name of the head, exactly."""

    book_no: _Short | None = None
    head_name: _Short | None = None


class WithdrawalBody(Body):
    """The decision that a file should not have been imported."""

    import_id: UUID
    document_no: _Short
    reason: _Words


class DestructionBody(Body):
    """The decision that retention has ended."""

    document_no: _Short
    reason: _Words
