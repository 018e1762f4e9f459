"""Compare what shall be with what is, and say in which steps the one becomes the other. Pure: nothing is asked or done."""
