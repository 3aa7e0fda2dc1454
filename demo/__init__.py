"""The whole loop on real data, on this machine: `make demo`."""
