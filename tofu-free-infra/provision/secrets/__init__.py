"""A cluster's keys: made with the right types, kept encrypted, never shown."""
