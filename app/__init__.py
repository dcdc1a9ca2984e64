"""The todo plugin: a list of todos for each person.

__main__   the command line
main       create_app(settings): puts the domain into a plugin server
todos      the domain: models, store, routes, migrations
templates  the pages: the list, the link to it, what is stored
"""
