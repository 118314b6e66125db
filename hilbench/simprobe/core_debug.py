"""Debug registers of an Armv7-M core (DDI 0403E, chapters C1.6 and C1.11) over a gdbstub.

QEMU emulates none of them: halting, stepping, core registers, reset catch and
breakpoints are done here with the stub's own means.
"""

from __future__ import annotations

from hilbench.simprobe.gdb import XPSR, GdbStub

AIRCR = 0xE000ED0C
DFSR = 0xE000ED30
DHCSR = 0xE000EDF0
DCRSR = 0xE000EDF4
DCRDR = 0xE000EDF8
DEMCR = 0xE000EDFC
FP_CTRL = 0xE0002000
FP_COMP0 = 0xE0002008
COMPARATORS = 6
_FP_END = FP_COMP0 + 4 * COMPARATORS

_NAMES = frozenset({AIRCR, DFSR, DHCSR, DCRSR, DCRDR, DEMCR})
_DHCSR_KEY = 0xA05F
_C_DEBUGEN, _C_HALT, _C_STEP = 1 << 0, 1 << 1, 1 << 2
_CONTROLS = 0x2F
_S_REGRDY, _S_HALT, _S_LOCKUP = 1 << 16, 1 << 17, 1 << 19
_S_RETIRE_ST, _S_RESET_ST = 1 << 24, 1 << 25
_DFSR_HALTED, _DFSR_BKPT, _DFSR_VCATCH = 1 << 0, 1 << 1, 1 << 3
_VC_CORERESET = 1 << 0
_AIRCR_KEY = 0x05FA
_AIRCR_READ_KEY = 0xFA050000
_RESET_REQUESTS = 1 << 2 | 1 << 0
_WRITE_REGISTER = 1 << 16
_THUMB = 1 << 24
_LR, _PC = 14, 15
_REGISTERS = {**{n: n for n in range(16)}, 16: XPSR, 17: 13}
"""DCRSR.REGSEL -> the stub's number. MSP is sp: what hilbench loads never uses PSP."""


class CoreDebug:
    """The core's side of the debugger; halted when it is made, as the stub halts it."""

    def __init__(self, stub: GdbStub) -> None:
        self._stub = stub
        self._halted = True
        self._locked_up = False
        self._controls = _C_DEBUGEN | _C_HALT
        self._sticky = 0
        self._dcrdr = 0
        self._demcr = 0
        self._dfsr = 0
        self._fp_enabled = False
        self._comparators = [0] * COMPARATORS
        self._held_in_reset = False

    def owns(self, address: int) -> bool:
        return address in _NAMES or FP_CTRL <= address < _FP_END

    def read(self, address: int) -> int:
        self.poll()
        if address == DHCSR:
            return self._read_dhcsr()
        if address == FP_CTRL:
            return COMPARATORS << 4 | self._fp_enabled
        if FP_COMP0 <= address < _FP_END:
            return self._comparators[(address - FP_COMP0) // 4]
        plain = {AIRCR: _AIRCR_READ_KEY, DFSR: self._dfsr, DCRDR: self._dcrdr, DEMCR: self._demcr}
        return plain.get(address, 0)

    def write(self, address: int, value: int) -> None:
        self.poll()
        if address == DHCSR and value >> 16 == _DHCSR_KEY:
            self._control(value & _CONTROLS)
        elif address == DCRSR:
            self._transfer_register(value)
        elif address == DCRDR:
            self._dcrdr = value
        elif address == DEMCR:
            self._demcr = value
        elif address == DFSR:
            self._dfsr &= ~value
        elif address == AIRCR and value >> 16 == _AIRCR_KEY and value & _RESET_REQUESTS:
            self.reset()
        elif address == FP_CTRL and value & 2:
            self._fp_enabled = bool(value & 1)
        elif FP_COMP0 <= address < _FP_END:
            self._comparators[(address - FP_COMP0) // 4] = value

    def poll(self) -> None:
        """Notice a breakpoint that was hit since the last call."""
        if not self._halted and not self._locked_up and self._stub.stopped():
            self._hit_breakpoint()

    def _hit_breakpoint(self) -> None:
        self._halted = True
        self._dfsr |= _DFSR_BKPT

    def pause(self) -> bool:
        """Stop the machine for a memory access; True when `resume` must follow."""
        self.poll()
        if self._halted or self._locked_up:
            return False
        if not self._stub.interrupt():
            self._hit_breakpoint()
        return not self._halted

    def resume(self) -> None:
        self._stub.resume()

    def reset(self) -> None:
        """The whole system: SYSRESETREQ or a pulse on nRESET."""
        self.hold_in_reset()
        self.release_from_reset()

    def hold_in_reset(self) -> None:
        if self.pause():
            self._halted = True
        self._stub.reset()
        self._held_in_reset = self._halted = True
        self._locked_up = False
        self._sticky |= _S_RESET_ST

    def release_from_reset(self) -> None:
        self._held_in_reset = False
        self._controls &= ~(_C_HALT | _C_STEP)
        if self._demcr & _VC_CORERESET and self._controls & _C_DEBUGEN:
            self._controls |= _C_HALT
            self._dfsr |= _DFSR_VCATCH
        else:
            self._run()

    def _read_dhcsr(self) -> int:
        value = self._controls | _S_REGRDY | self._sticky
        if self._held_in_reset:
            return value | _S_RESET_ST
        if self._locked_up:
            value |= _S_LOCKUP
        elif self._halted:
            value |= _S_HALT | _C_HALT
        else:
            value |= _S_RETIRE_ST
        self._sticky = 0
        return value

    def _control(self, controls: int) -> None:
        self._controls = controls
        if self._held_in_reset:
            return
        halt = bool(controls & _C_DEBUGEN and controls & _C_HALT)
        if halt and not self._halted:
            if self.pause():
                self._dfsr |= _DFSR_HALTED
            self._halted, self._locked_up = True, False
        elif not halt and self._halted:
            self._step() if controls & _C_STEP and controls & _C_DEBUGEN else self._run()

    def _step(self) -> None:
        self._stub.step()
        self._controls |= _C_HALT
        self._dfsr |= _DFSR_HALTED

    def _run(self) -> None:
        """A core without a Thumb bit cannot fetch: it locks up, where QEMU would abort."""
        self._halted = False
        self._locked_up = not self._stub.read_register(XPSR) & _THUMB
        if not self._locked_up:
            self._stub.set_breakpoints(self._breakpoints())
            self._stub.resume()

    def _breakpoints(self) -> set[int]:
        """Those of the FPB, and the BKPT instruction that LR returns to, if it does.

        QEMU does not enter debug state on BKPT, by which flash algorithms end.
        """
        found = set()
        for comparator in self._comparators if self._fp_enabled else []:
            if comparator & 1:
                halves = comparator >> 30
                word = comparator & 0x1FFFFFFC
                found |= {word + 2 * half for half in (0, 1) if halves >> half & 1}
        back = self._stub.read_register(_LR) & ~1
        if back < 0xE0000000 and self._stub.read_memory(back, 2)[1] == 0xBE:
            found.add(back)
        return found

    def _transfer_register(self, value: int) -> None:
        number = _REGISTERS.get(value & 0x7F)
        if value & _WRITE_REGISTER:
            if number is not None:
                self._stub.write_register(number, self._dcrdr)
        else:
            self._dcrdr = 0 if number is None else self._stub.read_register(number)
