"""The wire formats of the channels, simulated: one module (or package) each, named like its channel."""
