"""api.github.com: the REST calls that the template's workflows and tools make, answered as GitHub answers."""
