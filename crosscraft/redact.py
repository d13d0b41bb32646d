"""Redaction of credentials in all output, and of personal data in a report.

Only the standard library is imported, because errors use this before anything is installed.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["looks_secret", "redacted", "scrub"]

HIDDEN = "***"
"""Replaces each credential."""

# One slash is enough: a URL that became a path has only one.
_URL = re.compile(r"(?<![A-Za-z])(?!file:)[A-Za-z][A-Za-z0-9+.-]*:/\S+")
_IN_URL = (
    # user:password@, up to the last @ before the path: a password may contain @.
    (re.compile(r"(:/+)[^/\s]*@"), rf"\1{HIDDEN}@"),
    # A token in conda's form (anaconda.org, Quetz, Artifactory).
    (re.compile(r"/t/[^/\s?#'\"]+"), f"/t/{HIDDEN}"),
    (
        re.compile(r"([?&][^=&\s]*(?:token|key|secret|pass|auth|sig)[^=&\s]*=)[^&\s'\"]+", re.I),
        rf"\1{HIDDEN}",
    ),
)

_SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|credential|cookie|(api|access|private)key|"
    r"(^|_)(keys?|auth|pass|pat|netrc)(_|$)",
    re.I,
)
_SHORTEST = 6
"""Fewest characters of a secret to search for. Shorter values occur inside other words."""

_ADDRESSES = (
    (re.compile(r"(?<![\w.])\d{1,3}(\.\d{1,3}){3}(?![\w.])"), "<address>"),
    # IPv6: at least three groups with colons, or the short form. A time has at most two colons,
    # and no C++ name begins or ends with one group of digits before `::`.
    (re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\w:])"), "<address>"),
    (
        re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:)+(?::[0-9a-fA-F]{1,4})+(?![\w:])"),
        "<address>",
    ),
)
_TEXT = (
    (re.compile(r"\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b"), "<e-mail>"),
    # Tokens of well-known services, and values after the names of secrets.
    (
        re.compile(
            r"\b(gh[pousr]_\w{8,}|github_pat_\w+|glpat-[\w-]{8,}|pypi-[\w-]{8,}|xox[a-z]-[\w-]{8,}|"
            r"AKIA[A-Z0-9]{12,}|sk-[\w-]{12,}|eyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?)"
        ),
        "<secret>",
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w+/=.~-]{8,}", re.I), r"\1 <secret>"),
    (re.compile(r"-----BEGIN[^-]*PRIVATE KEY-----.*?(-----END[^-]*-----|\Z)", re.S), "<secret>"),
    (
        re.compile(
            r"\b([\w-]*(?:token|key|secret|passw|passphrase|credential|auth|cookie)[\w-]*"
            r"['\"]?\s*[=:]\s*)(?!<)('[^'\n]*'|\"[^\"\n]*\"|[^\s'\"]+)",
            re.I,
        ),
        r"\1<secret>",
    ),
)
"""Private text that its form gives away."""


def redacted(text: str, given: Iterable[str] = ()) -> str:
    """Return `text` with the credentials in its URLs hidden. The rest of each URL stays.

    :param given: URLs and specs that a tool was given. Their credentials are hidden everywhere,
        because a tool takes a URL apart and quotes a piece of it.
    """
    found: set[str] = set()
    for url in given:
        for userinfo in re.findall(r"://([^/\s]*)@", url):
            found |= {userinfo, *userinfo.split(":")[1:]}
        found |= set(re.findall(r"/t/([^/\s?#'\"]+)", url)) if "://" in url else set()
    for secret in sorted(found - {""}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _URL.sub(_redacted_url, text) if ":/" in text else text


def _redacted_url(match: re.Match[str]) -> str:
    url = match[0]
    for pattern, replacement in _IN_URL:
        url = pattern.sub(replacement, url)
    return url


def looks_secret(name: str) -> bool:
    """Return whether a variable called `name` is likely to hold a secret."""
    return bool(_SECRET_NAME.search(name))


def scrub(text: str, *, addresses: bool = True) -> str:
    """Return `text` without private data, for a report that strangers read.

    This removes credentials in URLs, secrets in variables and netrc entries, known forms of
    tokens, IP and e-mail addresses, host names, user names and home folders. No filter is
    complete, so the report asks its reader to check it.

    :param addresses: whether to remove IP addresses. Some versions look like one.
    """
    text = redacted(text)
    for value in sorted(set(_values()), key=len, reverse=True):
        text = text.replace(value, "<secret>")
    for home in sorted(_homes(), key=len, reverse=True):
        text = re.sub(rf"{re.escape(home)}(?=$|[/\s'\":,;)\]])", "~", text, flags=re.M)
    # Home folders of others, such as the owner of a shared channel.
    text = re.sub(r"/home/[^/\s'\":]+", "/home/<user>", text)
    for pattern, replacement in (_ADDRESSES if addresses else ()) + _TEXT:
        text = pattern.sub(replacement, text)
    for name in sorted(_names(), key=len, reverse=True):
        text = re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", "<name>", text, flags=re.I)
    return text


def _values() -> Iterator[str]:
    """Yield the user's secrets from variables and from the netrc file."""
    for name, value in os.environ.items():
        if looks_secret(name) and len(value) >= _SHORTEST and not Path(value).exists():
            yield value
        for secret in re.findall(r"://[^/\s:@]*:([^/\s]+)@", value):
            yield secret
    import netrc

    for home in _homes():
        with contextlib.suppress(OSError, netrc.NetrcParseError, UnicodeDecodeError):
            for _, _, secret in netrc.netrc(Path(home) / ".netrc").hosts.values():
                if secret and len(secret) >= _SHORTEST:
                    yield secret


def _homes() -> set[str]:
    homes = {os.environ.get("HOME", "")}
    with contextlib.suppress(KeyError, ImportError):
        import pwd

        homes.add(pwd.getpwuid(os.getuid()).pw_dir)
    homes |= {os.path.realpath(home) for home in homes if home}
    return {home.rstrip("/") for home in homes if len(home.rstrip("/")) > 1}


_COMMON = frozenset("root user users home linux debian local localhost python build test".split())
"""Names that identify nobody, and are common words in logs."""


def _names() -> set[str]:
    """Return the names of the user and of the machine."""
    names = {os.environ.get(name, "") for name in ("USER", "LOGNAME", "HOSTNAME", "SUDO_USER")}
    names.add(Path(os.environ.get("HOME", "")).name)
    with contextlib.suppress(KeyError, ImportError):
        import pwd

        entry = pwd.getpwuid(os.getuid())
        names |= {entry.pw_name, entry.pw_gecos.split(",")[0].strip()}
    with contextlib.suppress(OSError):
        host = os.uname().nodename
        names |= {host, host.split(".")[0]}
    return {name for name in names if len(name) >= 2 and name.lower() not in _COMMON}
