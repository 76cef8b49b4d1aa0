"""Value classes, one Redis type a file, no command logic.

A string is plain ``bytes`` (a ``bytearray`` once it has been edited in place, which is
also what makes OBJECT ENCODING say ``raw``), so that GET and SET touch no object of ours.
Every other type is a `Collection`.
"""
