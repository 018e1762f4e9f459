"""Compare what shall be with what is: the steps from the one to the other. Pure: nothing is asked, nothing done."""
