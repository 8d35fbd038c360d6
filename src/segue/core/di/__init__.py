"""Providers: who makes a value of a type, how long it lives, how it is given back."""
