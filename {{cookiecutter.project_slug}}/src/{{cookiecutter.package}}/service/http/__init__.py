"""What stands between a caller and the models: the door, the key, the routes, what is said of bad input."""
