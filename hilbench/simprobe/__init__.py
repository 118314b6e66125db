"""A simulated board behind a simulated debug probe, for pyOCD as it is.

    pyOCD -> plugin.SimulatedProbe -> adi (DP, MEM-AP) -> bus -> rom_table
                                                           | core_debug
                                                           ` gdb -> QEMU

QEMU is the board: CPU, memory, console. Its gdbstub reads and writes memory and
registers, but knows nothing of the debug hardware of a Cortex-M; that is here.
`board.simulated_board` starts one and lists it in a folder, as USB lists a real
one; the probe finds it there by the environment variable HILBENCH_SIMULATED.
`faults.Faults` of a board say what goes wrong.
"""
