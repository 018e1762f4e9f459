"""Carry plans out: look, lock, work step by step with a journal, and come to the same end after any break."""
