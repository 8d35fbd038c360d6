"""Everything of the data layer that talks to a driver."""
