"""The table of messages, and what is generated from it."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hilbench.core.errors import LinkError
from hilbench.link import emit
from hilbench.link.messages import (
    DATA_MAX,
    MESSAGES,
    Hello,
    Info,
    Message,
    Refusal,
    Refused,
    Write,
    pack,
    schema_of,
    title,
    unpack,
    wire_types,
)

VALUES = {
    "u8": st.integers(0, 2**8 - 1),
    "u16": st.integers(0, 2**16 - 1),
    "u32": st.integers(0, 2**32 - 1),
    "u64": st.integers(0, 2**64 - 1),
    "i32": st.integers(-(2**31), 2**31 - 1),
    "str": st.text(max_size=80),
    "bytes": st.binary(max_size=DATA_MAX),
}
messages = st.sampled_from(list(MESSAGES.values())).flatmap(
    lambda kind: st.builds(kind, **{n: VALUES[t] for n, t in wire_types(kind).items()})
)


@given(messages)
def test_a_message_comes_back(message: Message) -> None:
    assert unpack(type(message), pack(message)) == message


@given(messages, st.data())
def test_a_payload_of_another_length_is_refused(message: Message, data) -> None:
    payload = pack(message)
    if payload:
        cut = data.draw(st.integers(0, len(payload) - 1))
        with pytest.raises(LinkError, match=f"{title(type(message))}: no "):
            unpack(type(message), payload[:cut])
    with pytest.raises(LinkError, match="1 bytes too many"):
        unpack(type(message), payload + b"\0")


def test_a_value_outside_its_type_is_named() -> None:
    with pytest.raises(LinkError, match="WRITE: offset does not fit u32: -1"):
        pack(Write(0, -1, b""))


def test_numbers_tell_who_speaks() -> None:
    """Requests have the top bit clear, answers have it set."""
    assert all((number >= 0x80) == (m.sender == "device") for number, m in MESSAGES.items())


def test_what_never_changes_between_schemas() -> None:
    """An old and a new half can at least tell each other that they differ."""
    assert [f.name for f in fields(Hello)] == ["schema", "session"]
    assert next(iter(wire_types(Info).items())) == ("schema", "u16")
    assert list(wire_types(Refused).items())[:2] == [("reason", "u8"), ("detail", "i32")]
    assert schema_of(Info.number, b"\x07\x00whatever") == 7
    assert schema_of(Refused.number, pack(Refused(Refusal.SCHEMA, 9, ""))) == 9
    assert schema_of(Refused.number, pack(Refused(Refusal.ENGINE, 9, ""))) is None


def test_the_generated_header_is_up_to_date() -> None:
    assert emit.header_path().read_text() == emit.c_header(), "python -m hilbench.link.emit"


def test_the_generated_tables_are_up_to_date() -> None:
    page = emit.docs_path().read_text()
    assert emit.with_tables(page) == page, "python -m hilbench.link.emit"
    assert page.count("\n### ") == len(MESSAGES)
