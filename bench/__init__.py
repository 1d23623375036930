"""Benchmarks: what the shop costs, as ratios in one run beside the machine's own floor. Never tests; see README.md."""
