"""Errors and traces sent elsewhere, where the settings name an address for them.

What is sent is built here from classes, codes, places in the code, names of routes and
counts: nothing is gathered by the libraries, so nothing of people can be among it.
Each module needs the packages of the group `telemetry`; nothing else imports them.
"""
