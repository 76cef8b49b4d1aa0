"""The servers' own encoding of values: DUMP payloads and snapshot files, read and written."""
