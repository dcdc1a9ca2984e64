"""What hosts do that no check of a plugin can see: nothing here can be broken."""

ADVICE = {
    "D01": (
        "The root domain is the host that the manifest is served from in the end, less a leading "
        "`www.`. The other domain rules measure by it; a report names it."
    ),
    "D10": "On localhost the rules D03 to D06 do not bite, and plain http will do.",
    "T11": (
        "ChatGPT kept the manifest as it was at installation, so a change needed a new "
        "installation and cost a listed plugin its place in the store; it read the contract again "
        "for every request. An unverified plugin had at most 15 installations, later 100."
    ),
    "T12": "GPT Actions keep the contract as it was at import: after a change, import it again.",
    "K17": (
        "Publishing needs a verified identity, of a developer or a business, and consent to "
        "OpenAI's policies; the scan of a plugin's skills takes up to two hours."
    ),
}
