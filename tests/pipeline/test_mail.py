"""test_mail: what an address says about who writes."""

from __future__ import annotations

import pytest

from leadscore.pipeline.mail import FREE_DOMAINS, email_domain, email_kind


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ann@acme.com", "acme.com"),
        (" Ann@ACME.Com ", "acme.com"),
        ("Ann Lee <ann@acme.com>", "acme.com"),
        ("ann@acme.com.", "acme.com"),
        ("ann@mail.acme.co.uk", "mail.acme.co.uk"),
        ('"a@b"@acme.com', "acme.com"),
        ("ann+tag@acme.com", "acme.com"),
        ("ann@bücher.de", "bücher.de"),
        ("ann@BÜCHER.de", "bücher.de"),
        ("ann@acme۱.com", "acme1.com"),
        ("ann", None),
        ("", None),
        ("@acme.com", None),
        ("ann@", None),
        ("ann@localhost", None),
        ("ann at acme.com", None),
        ("ann@acme com", None),
        ("n/a", None),
        ("ann@.com", None),
        ("ann@acme..com", None),
        ("ann@acme.com,", None),
        ("ann@acme,com.de", None),
        ("ann@acme.com/x", None),
    ],
)
def test_the_domain_is_what_stands_after_the_last_at(address: str, domain: str | None) -> None:
    assert email_domain(address) == domain


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("ann@acme.com", "business"),
        ("ann@gmail.com", "free"),
        ("ann@GMAIL.com", "free"),
        ("ann@googlemail.com", "free"),
        ("ann@yahoo.com", "free"),
        ("ann@yahoo.co.uk", "free"),
        ("ann@yahoo.com.br", "free"),
        ("ann@hotmail.fr", "free"),
        ("ann@live.nl", "free"),
        ("ann@live.co.uk", "free"),
        ("ann@gmx.de", "free"),
        ("ann@mailinator.com", "disposable"),
        ("ann@sub.mailinator.com", "disposable"),
        ("ann@yahoo-inc.com", "business"),
        ("ann@mygmail.com", "business"),
        ("ann@gmail.com.acme.org", "business"),
        ("ann@mail.acme.com", "business"),
        ("ann@live.siemens.com", "business"),
        ("ann@outlook.acme.de", "business"),
        ("ann@live.acme.example", "business"),
        ("ann", None),
        ("", None),
    ],
)
def test_a_mailbox_is_business_free_or_disposable(address: str, kind: str | None) -> None:
    assert email_kind(address) == kind


def test_no_free_provider_is_on_the_list_of_disposable_ones() -> None:
    assert {domain for domain in FREE_DOMAINS if email_kind(f"a@{domain}") != "free"} == set()


def test_the_domains_are_written_as_they_are_compared() -> None:
    assert {domain for domain in FREE_DOMAINS if email_domain(f"a@{domain}") != domain} == set()
