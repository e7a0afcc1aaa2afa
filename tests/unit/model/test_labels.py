"""Every enumeration speaks Chinese, each with words of its own."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import StrEnum

import pytest

import address_service.model
from address_service.model.accounts import Role
from address_service.model.addresses import Stage
from address_service.model.labels import label
from address_service.model.places import PlaceKind


def enumerations() -> Iterator[type[StrEnum]]:
    for module in pkgutil.iter_modules(address_service.model.__path__, "address_service.model."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and issubclass(kind, StrEnum):
                yield kind


@pytest.mark.parametrize("kind", list(enumerations()))
def test_every_member_has_a_label(kind: type[StrEnum]) -> None:
    assert all(label(member) for member in kind)


def test_members_of_one_value_keep_their_own_labels() -> None:
    assert label(Role.COUNTY) == "县级主管部门"
    assert label(Role.VILLAGE) == "村（居）委会"
    assert label(Stage.RETIRED) == "废弃"
    assert label(PlaceKind.STREET) == "街路巷"
