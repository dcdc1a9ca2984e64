"""Why there is no package; each message is a sentence for the person at the command line."""


class UnusableDocuments(ValueError):
    """Manifest or contract cannot be read, or do not say what the package needs."""


class UnusableDirectory(ValueError):
    """The package cannot be put into the directory."""
