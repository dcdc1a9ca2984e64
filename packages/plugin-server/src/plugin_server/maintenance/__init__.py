"""What an operator does beside the running server: see to it, keep copies, forget a person.

commands       the verbs backup, restore, doctor, forget
doctor         one line a check
configuration  are the settings sensible?
certificate    does the certificate work, and how long?
machine        files, disk, clock, limits
"""
