"""The waist of the house: all that a face may know of a server, embedded or real."""
