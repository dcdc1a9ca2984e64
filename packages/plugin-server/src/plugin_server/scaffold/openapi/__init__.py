"""A project for a contract that exists: `plugin-server init --from-openapi`.

reading      a contract from a file or a URL, as JSON has it
changes      what was changed of it, and why
naming       names of operations, as hosts take them and as Python does
cleaning     the contract as hosts, the tools and this library's tests take it
operations   one operation of it
parameters   its parameters
bodies       its request body and its answers
schemas      a schema: of OpenAPI 3.1, without what hosts refuse
annotations  a schema as an annotation of a model's field
defaults     the default of a value, where it fits
code         the models, the views and the store, where each operation is still to be written
"""
