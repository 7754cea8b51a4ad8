"""Benchmarks: ratios against a floor taken in the same run. `make bench` prints them and asserts none."""
