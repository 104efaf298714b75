"""Peers that `tfdrift run` is tested against, on loopback.

They are strict: what the real service refuses they refuse, and what a test
did not ask to go wrong must not go wrong.  Each keeps what it saw.
"""
