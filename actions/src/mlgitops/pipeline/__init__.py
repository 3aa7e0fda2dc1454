"""The project's DVC pipeline, run by its own tools, and what happened to each stage."""
