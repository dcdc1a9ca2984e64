"""The server, from its front door, through the reference plugin."""
