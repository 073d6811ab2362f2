"""mail: an e-mail address -> its domain, and what kind of mailbox that is."""

from __future__ import annotations

import re
from functools import cache

from leadscore.text import fold

# The mailbox providers people write from when they do not write from work. Kept by hand: the lists on
# PyPI are unmaintained or mix in disposable domains. A provider's national domains match by their name.
FREE_DOMAINS = frozenset(
    """
    126.com 139.com 163.com 188.com 189.cn abv.bg aim.com alice.it aliceadsl.fr aol.com arcor.de
    asia.com att.net azet.sk bellsouth.net bigpond.com bk.ru bluewin.ch bol.com.br btinternet.com
    centrum.cz centrum.sk charter.net chmail.ir comcast.net cox.net daum.net duck.com earthlink.net
    email.com email.cz email.it eml.cc fastmail.com fastmail.fm foxmail.com free.fr freemail.hu
    freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net go.com googlemail.com hanmail.net
    hey.com home.nl hotmail.com hush.com hushmail.com icloud.com ig.com.br inbox.com inbox.lv
    inbox.ru interia.pl juno.com kolumbus.fi laposte.net libero.it list.ru live.com lycos.com
    mac.com mail.bg mail.com mail.de mail.ee mail.ru mailbox.org me.com msn.com mynet.com nate.com
    naver.com net.hr netscape.net o2.pl onet.eu onet.pl online.de optonline.net orange.fr
    outlook.com pm.me poczta.onet.pl post.cz posteo.de proton.me protonmail.ch protonmail.com qq.com
    rambler.ru rediffmail.com rocketmail.com sapo.pt sbcglobal.net seznam.cz sfr.fr shaw.ca sina.cn
    sina.com sky.com sohu.com sympatico.ca t-online.de talktalk.net telenet.be terra.com.br
    tiscali.it tom.com tuta.io tutanota.com tutanota.de ukr.net uol.com.br verizon.net virgilio.it
    virginmedia.com volny.cz vtomske.ru wanadoo.fr web.de wp.pl xtra.co.nz yandex.com yandex.ru
    yeah.net ymail.com zoho.com zohomail.com
    """.split()
)
_NATIONAL = re.compile(r"(gmx|hotmail|live|outlook|windowslive|yahoo|yandex)\.((co|com)\.)?([a-z]{2}|com)")
_DOMAIN = re.compile(r"[^\s@.,;:/<>()\"']+(\.[^\s@.,;:/<>()\"']+)+")


def email_domain(address: str) -> str | None:
    """The part after the last @, folded; None where there is none."""
    name, _, domain = fold(address).rstrip(">").removesuffix(".").rpartition("@")
    return domain if name and _DOMAIN.fullmatch(domain) else None


def email_kind(address: str) -> str | None:
    """business, free or disposable; None where the address has no domain."""
    domain = email_domain(address)
    if domain is None:
        return None
    if any(parent in _disposable() for parent in _parents(domain)):
        return "disposable"
    return "free" if domain in FREE_DOMAINS or _NATIONAL.fullmatch(domain) else "business"


def _parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


@cache
def _disposable() -> frozenset[str]:
    # Ten thousand names, needed by few configs: imported when the first one asks.
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
