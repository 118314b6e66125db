"""A simulated board behind a simulated debug probe, for pyOCD as it is.

    pyOCD -> plugin.SimulatedProbe -> adi (DP, MEM-AP) -> bus -> rom_table
                                                           | core_debug
                                                           ` gdb -> QEMU

QEMU is the board: CPU, memory, console. Its gdbstub reads and writes memory and
registers, but knows nothing of the debug hardware of a Cortex-M; that is here.
`board.simulated_board` starts one and lists it in a folder, as USB lists a real
one; the probe finds it there. `provider` is what hilbench finds of this package, which nothing
imports; a user's own pyOCD does not see it (plugin.register).
`faults.Faults` of a board say what goes wrong.
"""
