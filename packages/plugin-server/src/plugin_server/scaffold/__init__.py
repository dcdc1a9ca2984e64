"""What `plugin-server init` writes: a project of few files, which depends on this library.

names      what a project is called, by the directory that it is in
source     where this library was installed from, for the project to depend on
logo       a logo, drawn
project    the files of one with an example in it, from templates, and writing them
contract_project  the files of one for a contract that exists
openapi    such a contract: cleaned, and as code
"""
