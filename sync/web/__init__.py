"""HTTP as a good guest: rates, waits, time limits, size limits, and errors that say what to do next."""
