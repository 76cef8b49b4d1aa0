"""The keys of vi, without any widget: what is typed goes in with the text and the cursor, changes come out.

The decision a reader would question: no package does it. Each of those tried (textual-vim-textarea 1.2,
textual-vimkeys-input 0.3, textual-vim 0.1) is a `TextArea` of its own, so our highlighting, which keeps long scripts
quick, would be lost; the first has no f and t, text objects, searches, ``.`` or ``>``, the second submits with Enter
and has no line-wise selection, the third has a handful of keys.
"""
