"""URLs as the web reads and writes them. Expectations are the `url` crate's (2.5.8), which the reference uses."""

from __future__ import annotations

import pytest

from pywasmtools.diagnostics import WasmToolsError
from pywasmtools.web.url import normalize_url

NORMALIZED = [
    # schemes, and ports that are their own
    ("HTTP://EXAMPLE.com", "http://example.com/"),
    ("https://example.com:443/a?b#c", "https://example.com/a?b#c"),
    ("http://h:0080", "http://h/"),
    ("ws://h:443/", "ws://h:443/"),
    ("foo://h", "foo://h"),
    ("foo://h?q", "foo://h?q"),
    # controls and spaces around it are cut off, tabs and line ends in it left out
    ("  http://a\tb.c/\n d ", "http://ab.c/%20d"),
    ("http://h/?a\n=b#\tc", "http://h/?a=b#c"),
    # slashes, as many or few as there are
    ("http:h/p", "http://h/p"),
    ("http:\\\\h\\p?\\#\\", "http://h/p?\\#\\"),
    ("file:\\\\h\\x", "file://h/x"),
    # names and passwords
    ("http://u:p:q@h@i/", "http://u:p%3Aq%40h@i/"),
    ("http://u:@h/", "http://u@h/"),
    ("http://:@h/", "http://h/"),
    ("http://@h/", "http://h/"),
    # without a host
    ('foo:bar baz\x01\xe9?"#`', "foo:bar baz%01%C3%A9?%22#%60"),
    ("foo:/..//p", "foo:/.//p"),
    ("foo:/a/../b/%2E./c", "foo:/c"),
    # percent-encode sets
    ("foo://H/\xe9{}|^", "foo://H/%C3%A9%7B%7D|^"),
    (
        "http://h/'\"<>`{}|^ \xe9?'\"<>`{} \xe9#'\"<>`{} \xe9",
        "http://h/'%22%3C%3E%60%7B%7D|^%20%C3%A9?%27%22%3C%3E`{}%20%C3%A9#'%22%3C%3E%60{}%20%C3%A9",
    ),
    ("foo://h/?'", "foo://h/?'"),
    # paths; a drive letter stays even where there are no drives
    ("http://h/a/./b/../c/%2e%2E/d/..", "http://h/a/"),
    ("http://h/C:/../x", "http://h/C:/x"),
    # addresses
    ("http://0x7f.1/", "http://127.0.0.1/"),
    ("http://1.2.3.0377", "http://1.2.3.255/"),
    ("http://4294967295", "http://255.255.255.255/"),
    ("http://08.a", "http://08.a/"),
    ("http://[1:0:0:2:0:0:0:3]", "http://[1:0:0:2::3]/"),
    ("http://[::ffff:1.2.3.4]", "http://[::ffff:102:304]/"),
    ("foo://[::1]:8", "foo://[::1]:8"),
    ("http://%41%c3%89/", "http://xn--a-bga/"),
    # files and drive letters
    ("file:", "file:///"),
    ("file:C|/x", "file:///C:/x"),
    ("file:///C|/../y", "file:///C|/y"),
    ("file://h/C:/x", "file:///C:/x"),
    ("file://LOCALHOST/x", "file:///x"),
    ("file://h/x/", "file://h/x/"),
    ("file:/a/b", "file:///a/b"),
    ("file:/C:\tx", "file:///C:/x"),
    ("file://C|/..", "file:///C:/"),
    ("file://h//x//y", "file://h/x//y"),
]

REFUSED = [
    ("", "relative URL without a base"),
    ("example.com", "relative URL without a base"),
    ("//h/p", "relative URL without a base"),
    ("1a:b", "relative URL without a base"),
    ("\xe9:b", "relative URL without a base"),
    ("a b:c", "relative URL without a base"),
    ("http:", "empty host"),
    ("http://", "empty host"),
    ("http:///", "empty host"),
    ("http://@", "empty host"),
    ("http://@/", "empty host"),
    ("http://u@/x", "empty host"),
    ("http://:80", "empty host"),
    ("foo://u@/", "empty host"),
    ("foo://:80", "empty host"),
    ("http://\xad/", "empty host"),
    ("http://h:65536", "invalid port number"),
    ("http://h:8x", "invalid port number"),
    ("foo://h:x", "invalid port number"),
    ("http://256.1.1.1", "invalid IPv4 address"),
    ("http://1.2.3.4.5", "invalid IPv4 address"),
    ("http://1.2.3.09", "invalid IPv4 address"),
    ("http://4294967296", "invalid IPv4 address"),
    ("http://a.0x", "invalid IPv4 address"),
    ("http://[::1", "invalid IPv6 address"),
    ("http://[]", "invalid IPv6 address"),
    ("http://[:1]", "invalid IPv6 address"),
    ("http://[1::2::3]", "invalid IPv6 address"),
    ("http://[1:2:3:4:5:6:7]", "invalid IPv6 address"),
    ("http://[1:2:3:4:5:6:7:8:9]", "invalid IPv6 address"),
    ("http://[1:2:3:4:5:6:7:1.2.3.4]", "invalid IPv6 address"),
    ("http://[12345::]", "invalid IPv6 address"),
    ("http://[1:]", "invalid IPv6 address"),
    ("http://[::1:2:3:4:5:6:1.2.3.4]", "invalid IPv6 address"),
    ("http://[::1.2.3]", "invalid IPv6 address"),
    ("http://[::1.2.3.256]", "invalid IPv6 address"),
    ("http://[::1.2.3.1000]", "invalid IPv6 address"),
    ("http://[::1.2.3.4.5]", "invalid IPv6 address"),
    ("http://[::.2.3.4]", "invalid IPv6 address"),
    ("http://[::1:2:3:4:5:6:7:8]", "invalid IPv6 address"),
    ("http://[::1.2.3.04]", "invalid IPv6 address"),
    ("http://[\xe9]", "invalid IPv6 address"),
    ("foo://a b", "invalid domain character"),
    ("foo://a^", "invalid domain character"),
    ("http://a b", "invalid international domain name"),
    ("http://a%00", "invalid international domain name"),
    ("http://a%ff", "invalid international domain name"),
    ("http://xn--a", "invalid international domain name"),
]


@pytest.mark.parametrize(("text", "expected"), NORMALIZED)
def test_a_url_is_normalized(text: str, expected: str) -> None:
    assert normalize_url(text) == expected
    assert normalize_url(expected) == expected


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_is_no_url_is_refused(text: str, message: str) -> None:
    with pytest.raises(WasmToolsError) as caught:
        normalize_url(text)
    assert [layer.message for layer in caught.value.layers] == [message]


def test_ports_that_are_a_schemes_own() -> None:
    own = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21}
    for scheme in (*own, "foo"):
        for port in (20, 21, 22, 79, 80, 81, 442, 443, 444):
            end = "" if scheme == "foo" else "/"
            shown = "" if own.get(scheme) == port else f":{port}"
            assert normalize_url(f"{scheme}://h:{port}") == f"{scheme}://h{shown}{end}"


@pytest.mark.slow
def test_long_paths_take_time_in_proportion() -> None:
    # A path that goes up and down behind a long segment: quadratic work would take minutes.
    url = "http://h/" + "a" * 200_000 + "/b/.." * 100_000
    assert normalize_url(url) == "http://h/" + "a" * 200_000 + "/"
