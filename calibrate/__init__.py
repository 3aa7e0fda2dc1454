"""Is the verdict calibrated? Thousands of comparisons of simulated models, of which it is known which is better."""
