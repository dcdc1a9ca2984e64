"""The plugin server. A request goes http -> routes -> store -> storage.

__main__     the command line
check        its verbs check and package, which plugin-check does
main         create_app(settings): puts the parts together
settings     every environment variable
errors       every failure, and its one shape
tags         the entity tags of what belongs to somebody
documents    manifest and contract, with PLUGIN_HOSTNAME and authentication put in
wellknown    serves them, the logo, the legal page, /healthz
mcp          POST /mcp: each operation of the contract is a tool
http         what arrives is decoded strictly, what leaves has one form
serving      the HTTP server: sockets, signals, drain, deadline
auth         who is calling? one file a mode
networks     whose addresses may call?
limits       how often may one caller ask?
logs         a line a request, and every other line in the same form
seldom       warnings that come again and again
metrics      what is counted, for Prometheus
maintenance  backup, restore, doctor, forget
storage      SQLite or PostgreSQL behind one door
pages        the HTML pages
todos        THE DOMAIN: what a fork replaces
"""
