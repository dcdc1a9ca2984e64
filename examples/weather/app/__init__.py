"""The weather plugin: a plugin in front of another API, which stores nothing.

__main__  the command line
main      create_app(settings): puts the routes into a plugin server
routes    the operations of openapi.yaml
service   asks the weather service
"""
