"""The target Kubernetes: an image for each environment, and the branch that the cluster keeps to."""
