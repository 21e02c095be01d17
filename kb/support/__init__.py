"""Who is asked for, and the way to a person."""
