"""Who answers: routes and their shares, shadows, pipelines; from the bytes of a request to its answer."""
