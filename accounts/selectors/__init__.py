"""Reads of people, organisations and relations that pages, endpoints and services share."""
