"""Editing the script in front."""

from __future__ import annotations

from textual import on, work

from redis_tui.tui import messages
from redis_tui.tui.parts.base import Part
from redis_tui.tui.widgets.lua_editor import LuaEditor


class EditingPart(Part):
    """The editor's actions."""

    def action_edit_outside(self) -> None:
        """^E."""
        self._files.edit_outside()

    def action_find(self) -> None:
        """^F."""
        self._panes.editor.start_find()

    def action_replace(self) -> None:
        """Alt-H."""
        self._panes.editor.start_find(replacing=True)

    def action_toggle_vi(self) -> None:
        """Keys of vi, or plain ones."""
        self._colon.toggle()

    @on(messages.EditorWish)
    @work(group="dialog", exclusive=True)
    async def _editor_wish(self, event: messages.EditorWish) -> None:
        await self._colon.do(event)

    @work(group="dialog", exclusive=True)
    async def action_go_to_line(self) -> None:
        """Alt-G."""
        await self._files.ask_line()

    def action_duplicate_lines(self) -> None:
        """Alt-I."""
        from redis_tui.tui.widgets import lua_edits

        self._panes.editor.change_lines(lua_edits.duplicate)

    def action_move_lines(self, by: int) -> None:
        """Alt-Up and Alt-Down."""
        from redis_tui.tui.widgets import lua_edits

        self._panes.editor.change_lines(lambda editor: lua_edits.move(editor, by))

    def action_select_more(self) -> None:
        """Alt-V."""
        from redis_tui.tui.widgets import lua_edits

        self._panes.editor.change_lines(lua_edits.select_more)

    def action_go_to_partner(self) -> None:
        """Alt-Q."""
        self._panes.editor.change_lines(LuaEditor.go_to_partner)

    def action_toggle_comment(self) -> None:
        """^/."""
        self._panes.editor.toggle_comment()

    def action_next_tab(self) -> None:
        """The next script."""
        self._panes.editor.show_next(1)

    def action_previous_tab(self) -> None:
        """The script before."""
        self._panes.editor.show_next(-1)

    def action_show_tab(self, at: int) -> None:
        """A tab in the editor's border was clicked."""
        self._panes.editor.show(at)
