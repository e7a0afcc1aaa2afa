"""The page of people is for those who may see them; its shell names nobody and is kept nowhere."""

import re

import pytest
from fastapi import APIRouter

from address_service.model.labels import label
from address_service.model.residents import EndReason, RevealPurpose
from address_service.web.resident_pages import build_resident_router
from address_service.web.source_terms import PageSources
from address_service.web.visitor import Visitor
from tests.unit.web.conftest import OpenSite

OFFICER = Visitor(
    "张三", "村（居）委会", "csrf", may_assign=True, may_see_residents=True, may_enrol=True, may_reveal=True
)
ADMINISTRATOR = Visitor("赵六", "系统管理员", "csrf", may_assign=False, may_administer=True)
FIELD_TEAM = Visitor("李四", "业务队伍", "csrf", may_assign=True, may_see_residents=True)
FINANCE = Visitor("王五", "财政所", "csrf", may_assign=False)


def invented(sources: PageSources) -> APIRouter:
    """The router of a county whose people are invented."""
    return build_resident_router(
        PageSources(
            sources.county_name, sources.map_is_open, sources.visitor, sources.sign_in, sources.sign_out,
            sources.plate, is_synthetic=True,
        )
    )  # fmt: skip


def test_a_stranger_signs_in_first(open_site: OpenSite) -> None:
    answer = open_site(build_resident_router, None).get("/residents")

    assert answer.headers["location"] == "/sign-in?next=/residents"


def test_who_may_not_see_people_is_refused(open_site: OpenSite) -> None:
    assert open_site(build_resident_router, FINANCE).get("/residents").status_code == 403


def test_the_shell_is_kept_nowhere_and_runs_no_script_of_its_own(open_site: OpenSite) -> None:
    page = open_site(build_resident_router, OFFICER).get("/residents")

    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", page.text) == []


def test_it_offers_every_purpose_and_reason_by_its_word(open_site: OpenSite) -> None:
    text = open_site(build_resident_router, OFFICER).get("/residents").text

    assert all(f">{label(purpose)}</option>" in text for purpose in RevealPurpose)
    assert all(f">{label(reason)}</option>" in text for reason in EndReason)
    assert '<option value="户主">' in text


def test_no_form_sends_what_was_typed_in_an_address(open_site: OpenSite) -> None:
    text = open_site(build_resident_router, OFFICER).get("/residents").text

    main = text.split("<main")[1]
    forms = re.findall(r"<form[^>]*>", main)
    assert len(forms) == 4
    assert all('autocomplete="off"' in form for form in forms)
    assert re.findall(r'<(?:input|select|textarea)[^>]*\sname="', main) == []


@pytest.mark.parametrize(
    ("visitor", "flags"), [(OFFICER, ["data-enrol", "data-reveal"]), (FIELD_TEAM, [])], ids=["all", "looks"]
)
def test_writing_and_revealing_are_offered_by_right(
    open_site: OpenSite, visitor: Visitor, flags: list[str]
) -> None:
    text = open_site(build_resident_router, visitor).get("/residents").text

    body = re.findall(r"<body[^>]*>", text)[0]
    assert re.findall(r"data-(?:enrol|reveal)", body) == flags
    assert ('id="enrol"' in text) == ("data-enrol" in flags)


def test_invented_people_are_labelled_and_real_ones_are_not(open_site: OpenSite) -> None:
    sample = open_site(invented, OFFICER).get("/residents").text
    earnest = open_site(build_resident_router, OFFICER).get("/residents").text

    assert "均为虚构" in sample
    assert "虚构" not in earnest


def test_an_administrator_finds_the_decisions_and_nobody_to_look_for(open_site: OpenSite) -> None:
    text = open_site(build_resident_router, ADMINISTRATOR).get("/residents").text

    assert 'id="decision"' in text
    assert 'id="destroy"' in text
    assert 'id="look-up"' not in text
    assert 'id="batches"' not in text


def test_decisions_are_not_offered_to_other_offices(open_site: OpenSite) -> None:
    office = open_site(build_resident_router, OFFICER).get("/residents").text
    team = open_site(build_resident_router, FIELD_TEAM).get("/residents").text

    assert 'id="decision"' not in office
    assert 'id="imports"' in office
    assert 'id="imports"' not in team
