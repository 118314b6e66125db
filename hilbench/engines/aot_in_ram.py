"""The engine `aot` with weights in RAM; the first invocation copies them there.

Faster where a core waits for flash, at the price of that RAM: nothing chooses it but the user.
"""

from __future__ import annotations

from hilbench.engines.aot import AotEngine

ENGINE = (
    AotEngine("recurrent_in_ram", "aot; what an inference reads repeatedly is copied to RAM first"),
    AotEngine("weights_in_ram", "aot; all weights and tables are copied to RAM first"),
)
