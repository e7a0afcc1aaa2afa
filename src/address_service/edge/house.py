"""What every request needs of the running service."""

from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from address_service.edge.match_books import MatchBooks
from address_service.edge.password_hashing import PasswordHashing
from address_service.edge.policy import policy_of
from address_service.model.accounts import SignInPolicy
from address_service.settings import Settings
from address_service.store.engine import Engine
from address_service.store.files import FileStore
from address_service.store.keys import KeyRing, ring_of


@dataclass(frozen=True, slots=True)
class House:
    """What every request needs of the running service."""

    settings: Settings
    engine: Engine
    files: FileStore
    hashing: PasswordHashing = field(default_factory=PasswordHashing)
    books: MatchBooks = field(default_factory=MatchBooks)

    @property
    def keys(self) -> KeyRing:
        """The keys that seal residents' data, find them and chain the audit."""
        return ring_of(self.settings)

    @property
    def policy(self) -> SignInPolicy:
        """By which rules accounts sign in."""
        return policy_of(self.settings)


def house_of(request: Request) -> House:
    """The running service."""
    return cast(House, request.app.state.house)


HouseDep = Annotated[House, Depends(house_of)]
