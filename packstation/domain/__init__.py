"""What is true, without I/O: orders, outcomes, history, policy, verdicts, holds, packing, codes, money."""
