"""What the product costs in time and memory, as ratios to the same work written by hand."""
