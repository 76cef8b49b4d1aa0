"""Redis itself: a synchronous engine with one owner thread, no asyncio and no I/O."""
