"""HTTP: what arrives is decoded strictly, what leaves has one form.

handler      one request, and the refusals that come before any route
request      the request in hand, as views see it
head         its head: what is refused of it
conversation  what a host tells of the conversation that it comes from
incoming     its body, as it arrives
draining     what runs while the server stops, and what is refused
record       what is known of a request that was answered
address      the address of the client
target       the path, from its raw bytes
routing      the route of a path, and what is told where there is none
origin       PLUGIN_HOSTNAME: the origin under which a caller reached us
json         JSON that means one thing
models       what a caller may send
kinds        JSON's types of a model's fields
wording      what is wrong with a value, in the same words everywhere
body         the body, the query, or both as a model
query        the query as JSON has it
forms        forms of pages, and the way back to a page
conditions   ETag, If-Match, If-None-Match
paging       a part of a list
answer       JSON answers, and what caches are told
networks     whose addresses may call
cors         which pages may call from a browser
"""
