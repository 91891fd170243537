"""A folder of submissions: read, examined, and told in gradebooks and pages."""
