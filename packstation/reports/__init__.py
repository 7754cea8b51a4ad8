"""What happened and what it was worth."""
