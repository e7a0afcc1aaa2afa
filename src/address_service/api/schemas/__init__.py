"""Bodies and answers of the API, a module a subject, with the examples that the OpenAPI document shows."""
