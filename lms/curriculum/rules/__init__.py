"""What a compiled curriculum looks like, and the judgements made about it. Pure."""
