"""`kb serve --api`: the answers of kb behind an address, as a small ASGI application.

The only door to Starlette and uvicorn, which the extra `api` brings.
"""
