"""The support desk: what a pasted message is about, and a reply to it."""
