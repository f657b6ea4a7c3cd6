"""What runs inside the Lambda function: one job, from S3 to S3."""
