"""Files on this machine: CSV, Parquet, JSON and Excel."""
