"""What Renode 1.16.1 was seen to write on its monitor."""

SAID = (
    b"(monitor) mach create\n(machine-0) sysbus LoadELF @firmware.elf\n(machine-0) start\n"
    b"Starting emulation...\n(machine-0) ",
    b"There was an error executing command 'machine LoadPlatformDescription @a.repl'\n"
    b"Error E04: Could not resolve type: 'UART.Unknown'.\nAt a.repl:3:1:\n(machine-0) ",
    b"(machine-0) sysbus.cpu PC\n0x8000fae\n(machine-0) ",
    b"Could not find file 'a b'\n",
)
