"""The channels: one module each behind the protocol in `sync.channels.protocol`."""
