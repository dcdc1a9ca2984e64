"""The command `retrieval-plugin`, or `python -m app`."""

from plugin_server.cli import command_line

main = command_line("app.main")

if __name__ == "__main__":
    main()
