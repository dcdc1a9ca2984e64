"""The plugin package for OpenAI's directory, made from manifest and contract.

`listing` derives what the directory shows, `files` puts it into the two formats, `writing` puts
the files into a directory, `command` is the verb.
"""
