"""Objects of Amazon S3 as sources."""
