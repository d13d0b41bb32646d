"""Credentials are left out of messages, wherever they are."""

from __future__ import annotations

import pytest

from crosscraft import redact
from crosscraft.errors import StorageError


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://u:p@ss@h/x", "https://***@h/x"),
        ("see https://h/t/abc-1/c/linux-64, then", "see https://h/t/***/c/linux-64, then"),
        ("https://h/?a=1&access_token=x&b=2", "https://h/?a=1&access_token=***&b=2"),
        ("https:/u:p@h/x", "https:/***@h/x"),
        ("file:///home/t/x@y", "file:///home/t/x@y"),
        ("/t/x and a@b", "/t/x and a@b"),
    ],
)
def test_credentials_in_urls(text, hidden):
    assert redact.redacted(text) == hidden


def test_pieces_of_a_url_that_a_tool_quotes():
    url = "https://u:s3cret@h/t/tok-en/c"
    assert redact.redacted("bad 's3cret@' in tok-en", [url]) == "bad '***@' in ***"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("API_KEY", True), ("SSH_AUTH_SOCK", True), ("MYTOKEN", True), ("DB_PASS", True),
     ("PWD", False), ("KEYBOARD", False), ("GIT_AUTHOR_NAME", False), ("PATH", False)],
)  # fmt: skip
def test_names_of_secrets(name, is_one):
    assert redact.looks_secret(name) is is_one


def test_an_error_hides_them_wherever_it_is_shown():
    url = "https://u:hunter2@example.org/t/hunter2/c"
    error = StorageError(f"no {url}", remedy=f"Not {url}\x1b.", looked=url, detail=[url, "\x1b["])
    assert "hunter2" not in f"{error} {error.detail} {error._render_traceback_()}"
    assert "\x1b" not in f"{error} {''.join(error.detail)}"


def test_a_solver_that_quotes_a_piece_of_a_url():
    from crosscraft.channel.select import Channel
    from crosscraft.environments import solver
    from crosscraft.platforms import native

    spec = "https://u:hunter2@"
    error = solver._solve_error([spec], native(), [Channel("c", "file:///c")],
                                ValueError("invalid name 'hunter2@'"), None)  # fmt: skip
    assert "hunter2" not in f"{error} {error.detail}"
