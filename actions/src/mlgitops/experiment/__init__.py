"""Two versions of a model on live traffic: what their predictions turned out to be worth."""
