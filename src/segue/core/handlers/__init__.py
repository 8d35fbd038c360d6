"""A typed function -> a Plan (frozen data) -> one fast callable."""
