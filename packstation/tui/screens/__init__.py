"""The desk, and the dialogs that are laid over it."""
