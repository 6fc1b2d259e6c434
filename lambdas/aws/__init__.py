"""What a service needs around its client, and AWS's limits."""
