"""What the last good run knew, so that a change of one service that nobody else notices costs little more than it.

It only saves time: without it, with a damaged one, and wherever a case cannot be proven, a run generates everything.
"""
