"""What comes in from the keyboard, the scanner and the mouse, and which of them it came from."""
