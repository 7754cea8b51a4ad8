"""The house's widgets: harmless text only, each drawn in one go."""
