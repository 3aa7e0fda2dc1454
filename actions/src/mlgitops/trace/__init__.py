"""From a bundle, one of its files, a tag or a running service back to all that made it."""
