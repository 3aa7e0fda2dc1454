"""What a pull request may not decide by itself: the rules it is held to, what serves, and where its data goes."""
