"""A proxy in front of an API that exists, to try a manifest and a contract before deploying them.

It serves both with itself as the origin, and the contract's operations as tools. Everything else it
forwards to one origin, which no request can change.

application    one request: what is ours, what is forwarded, what is refused
configuration  the settings that it runs with
callers        who may call, and from which pages
files          the manifest and the contract
served         what is made of them, and anew when they change
upstream       the API's origin, and what a request's target becomes there
headers        which of them pass
body           the body of a request on its way
forwarding     asks the API
passage        an answer on its way
reading        the text of an answer that passes
reply          what every answer carries
"""
