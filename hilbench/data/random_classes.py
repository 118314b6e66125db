"""Noise in any shape, vectors too, of which each sample is of class 0 or 1 by chance."""

from __future__ import annotations

from hilbench.data.random_tensors import RandomTensors

DATASET = RandomTensors(name="random_classes", classes=True)
