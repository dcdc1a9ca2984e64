"""HTTP: what arrives is decoded strictly, what leaves has one form.

connection   one request, and the refusals that come before any route
incoming     its body, as it arrives
record     what can be told of a request that was answered
address      the address of the client
target       the path, from its raw bytes
origin       PLUGIN_HOSTNAME: the origin under which a caller reached us
body         JSON, or a query, as a model
conditions   ETag, If-Match, If-None-Match
answer       JSON answers, and what caches are told
cors         which pages may call from a browser
"""
