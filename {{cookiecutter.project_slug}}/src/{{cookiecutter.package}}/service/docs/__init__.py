"""What people and their tools read: the page, the OpenAPI document, the clients."""
