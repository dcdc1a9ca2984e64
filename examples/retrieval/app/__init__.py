"""The retrieval plugin: documents that an assistant can search.

__main__    the command line
main        create_app(settings): puts the parts into a plugin server
routes      the operations of openapi.yaml
models      what a caller may send
store       the documents in the database
ranking     which documents answer a question
embeddings  texts as vectors, where the extra of that name is installed
measure     how often the right document is found
"""
