"""The help center as a static site: pages, what machines read, and the folder they go to."""
