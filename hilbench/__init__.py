"""hilbench: benchmarks of neural networks on real and emulated microcontrollers."""

__version__ = "0.1.0"
