"""Pages for people: what this server is, how to connect an assistant, what it can do.

blueprint    Pages: a plugin's pages, whose failures are pages too
answers      a template as an answer
forms        what a form of ours sends, and that no other site sent it
person       who looks at a page
files        the stylesheet and the script
front        the routes: /, /try, and the files that a page loads
cards        each host, and how it is connected
connecting   the commands and settings that connect it
operations   the contract's operations, as forms
schemas      a schema in words
trying       one call of an operation, as a command and with its answer
texts        robots.txt and llms.txt
current      what the application has that they all ask for

The templates are here too. One of the same name in the plugin's own templates folder goes first.
"""
