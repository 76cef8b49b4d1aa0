"""Wire format of Redis, RESP2 and RESP3, without any I/O."""
