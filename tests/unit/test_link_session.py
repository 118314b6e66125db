"""A whole measurement against the fake device, over wires that err."""

from __future__ import annotations

import time

import pytest
from fake_device import (
    Doubler,
    FakeDevice,
    cutting,
    doubling,
    dropping,
    flipping,
    preceded_by,
)

from hilbench.arch import cortex_m
from hilbench.core.artifacts import Measurement
from hilbench.core.deadline import Deadline
from hilbench.core.errors import DeadlineExceeded, EngineError, LinkError, TargetError
from hilbench.link import exchange
from hilbench.link.frame import Decoder
from hilbench.link.messages import SCHEMA, Hello, Init, Invoke, Message, unpack
from hilbench.link.session import Schedule, benchmark

SAMPLES = [[bytes(range(s, s + 16))] for s in range(3)]
SCHEDULE = Schedule(warmups=2, repetitions=4, min_ticks=1000)


def measure(device: FakeDevice, **options: object) -> Measurement:
    deadline = Deadline.after(20, "the test")
    return benchmark(device, SAMPLES, SCHEDULE, deadline, **options)  # type: ignore[arg-type]


def test_outputs_and_ticks() -> None:
    engine = Doubler(ticks=100)
    found = measure(FakeDevice(engine))
    assert found.outputs == tuple((bytes(2 * v for v in s[0]),) for s in SAMPLES)
    assert found.cold_ticks == 100
    assert found.iterations == 10
    assert found.ticks == (1000,) * 4
    assert engine.invocations == 1 + 2 + 4 * 10 + 3
    assert (found.stack_bytes, found.stack_used_bytes) == (4096, 200)
    assert found.retransmissions == 0
    assert found.device.inputs[0].dtype == "int8"


def test_in_a_stream_each_sample_is_a_step_and_a_sequence_begins_anew() -> None:
    asked: list[str] = []

    class Recording(FakeDevice):
        def _do(self, request: Message) -> Message:
            asked.append(type(request).__name__)
            return super()._do(request)

    engine = Doubler(ticks=100)
    schedule = Schedule(warmups=1, repetitions=9, steps=2)
    found = benchmark(Recording(engine), SAMPLES, schedule, Deadline.after(20, "the test"))
    assert (found.ticks, found.iterations, engine.invocations) == ((100,) * 3, 1, 5)
    anew, on = ["Write", "ResetState", "Invoke", "Read"], ["Write", "Invoke", "Read"]
    assert asked[-len(anew + on + anew) - 1 :] == [*anew, *on, *anew, "Stats"]


def test_inputs_that_the_engine_overwrites_are_sent_again() -> None:
    found = measure(FakeDevice(Doubler(keeps_inputs=False)))
    assert found.outputs == tuple((bytes(2 * v for v in s[0]),) for s in SAMPLES)
    assert found.iterations == 1


@pytest.mark.parametrize("number", range(0, 33, 2))
@pytest.mark.parametrize("mishap", [dropping, doubling, flipping, cutting])
@pytest.mark.parametrize("direction", ["to_host", "to_device"])
def test_one_mishap_anywhere_changes_nothing(mishap, direction: str, number: int) -> None:
    engine = Doubler()
    found = measure(FakeDevice(engine, **{direction: mishap(number)}))
    assert found.outputs == tuple((bytes(2 * v for v in s[0]),) for s in SAMPLES)
    assert engine.invocations == 1 + 2 + 4 * 10 + 3, "an invocation ran twice"
    assert found.retransmissions == (0 if mishap is doubling or number == 0 else 1)


def test_garbage_before_every_answer_is_skipped() -> None:
    found = measure(FakeDevice(Doubler(), to_host=preceded_by(b"boot\x00\x05garbage")))
    assert found.ticks == (1000,) * 4


def test_silence_is_reported_with_the_number_of_tries() -> None:
    with pytest.raises(LinkError, match=r"no answer to HELLO, sent 8 times$"):
        measure(FakeDevice(Doubler(), to_host=lambda *_: b""))


def test_garbage_alone_is_shown() -> None:
    wire = preceded_by(b"\xde\xad\xbe\xef" * 100)
    device = FakeDevice(Doubler(), to_host=lambda n, data: wire(n, b"")[:20] + b"\0")
    with pytest.raises(LinkError, match="160 bytes came that are no frame, the first de ad be ef"):
        measure(device)


def test_the_deadline_says_what_was_waited_for() -> None:
    device = FakeDevice(Doubler(), to_host=lambda *_: b"")
    with pytest.raises(DeadlineExceeded, match=r"the run took longer .*: no answer to HELLO, sent"):
        benchmark(device, SAMPLES, SCHEDULE, Deadline.after(0, "the run"))


def test_a_lost_port() -> None:
    class Unplugged(FakeDevice):
        def read(self, size: int = 1) -> bytes:
            raise OSError("gone")

    with pytest.raises(LinkError, match="the port was lost while reading: gone"):
        measure(Unplugged(Doubler()))


def test_another_schema_is_refused_in_words() -> None:
    with pytest.raises(
        LinkError, match=f"firmware speaks schema 7 of the link, this hilbench {SCHEMA}"
    ):
        measure(FakeDevice(Doubler(), schema=7))


def test_an_engine_that_cannot_start() -> None:
    with pytest.raises(EngineError, match=r"^arena is 12 bytes too small$"):
        measure(FakeDevice(Doubler(), init_error="arena is 12 bytes too small"))


@pytest.mark.parametrize("request_", [Init, Invoke])
def test_a_fault_is_located(request_) -> None:
    device = FakeDevice(Doubler(), faults_on=request_)
    with pytest.raises(TargetError) as caught:
        measure(device, locate=lambda pc: f"kernel at add.c:{pc & 0xFF}", faults=cortex_m.FAULTS)
    assert str(caught.value) == (
        "hard fault at pc=0x00001234 (kernel at add.c:52): bus error on a data access, "
        "address 0xdeadbee0, lr=0x00000567, CFSR=0x00008200, HFSR=0x40000000"
    )


def test_a_fault_of_a_family_without_words() -> None:
    """It is said in numbers, and nothing is made up."""
    with pytest.raises(TargetError) as caught:
        measure(FakeDevice(Doubler(), faults_on=Invoke))
    assert str(caught.value) == (
        "exception 3 at pc=0x00001234, lr=0x00000567, cause=0x00008200, status=0x40000000"
    )


@pytest.mark.parametrize("error", [0.0, 0.5, 1.01, 40.0])
def test_a_counter_that_counts_wrongly_is_refused(error: float) -> None:
    with pytest.raises(TargetError, match="counter 'fake' failed its self-test"):
        measure(FakeDevice(Doubler(), counter_error=error))


def test_a_stack_without_a_free_word_may_have_overflowed() -> None:
    with pytest.raises(TargetError, match="all 4096 bytes of the stack were used"):
        measure(FakeDevice(Doubler(), stack_used=4096))


def test_samples_of_the_wrong_size_are_refused_before_they_are_sent() -> None:
    with pytest.raises(LinkError, match=r"inputs of \[8\] bytes are expected, samples have \[16\]"):
        measure(FakeDevice(Doubler(size=8)))


def test_a_model_below_the_counters_resolution_is_invoked_often() -> None:
    found = measure(FakeDevice(Doubler(ticks=0)))
    assert found.iterations == 1000
    assert found.ticks == (0,) * 4


class Deaf:
    """A port at whose other end nobody is yet."""

    timeout: float | None = None

    def __init__(self) -> None:
        self.sent = b""

    def read(self, size: int = 1) -> bytes:
        time.sleep(self.timeout or 0)
        return b""

    def write(self, data: bytes) -> int:
        self.sent += data
        return len(data)


def test_a_greeting_is_never_a_repeated_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A firmware that starts late finds them all, and uses more stack to answer a repetition."""
    monkeypatch.setattr(exchange, "GREET_SECONDS", 0.001)
    deaf = Deaf()
    with pytest.raises(LinkError, match="no answer to HELLO, sent 8 times"):
        exchange.Exchange(deaf, Deadline.after(20, "the test"), lambda _: "").greet()
    hellos = [unpack(Hello, frame.payload) for frame in Decoder().feed(deaf.sent)]
    assert len({hello.session for hello in hellos}) == len(hellos) == 8


def test_a_patient_link_gives_up_a_silent_board_as_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that begin eight times longer end at the same: Renode's took ten minutes once."""
    monkeypatch.setattr(exchange, "GREET_SECONDS", 0.001)
    deadline = Deadline.after(20, "the test")
    with pytest.raises(LinkError, match="no answer to HELLO, sent 5 times"):
        exchange.Exchange(Deaf(), deadline, lambda _: "", patience=8.0).greet()
