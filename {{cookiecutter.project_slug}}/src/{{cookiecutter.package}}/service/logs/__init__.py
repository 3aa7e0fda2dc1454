"""What is kept of predictions and of their truths, written beside the requests."""
