"""What people see of replies, scripts and errors, as lines of styled spans. Knows no interface library."""
