"""The tests' clock is the sandbox's."""

from sandbox.fast_clock import FastLoop, Selector

__all__ = ["FastLoop", "Selector"]
