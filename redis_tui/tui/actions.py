"""Everything a person can do in the workbench, once: keys, footer, palette and help all derive from this table.

Knows no widget: an action is a name, and the screen of its scope has ``action_<name>``.
The decision a reader would question: keys that a terminal cannot tell apart are avoided
(^J is Enter in some, ^I is Tab, ^M is Enter), so panes are reached with ^G and a digit, or Alt and a digit.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from redis_tui.tui.action import Action, Scope
from redis_tui.tui.pane_actions import OF_KEYS, OF_REPLY

ACTIONS: tuple[Action, ...] = (
    Action("run", "Run", "Runs the script on the server with its KEYS and ARGV.", "f5", "run", rank=1),
    Action("dry_run", "Dry run", "Runs it and undoes everything: shows what it would change.", "f6", "dry run", rank=6),
    Action("dry_run_on_server", "Dry run on the server", "In its own debugger, which runs it in a fork."),
    Action("trace_run", "Run with trace", "Runs it and reports each redis.call.", "f7", "trace", rank=6),
    Action("kill", "Kill the script", "Ends the running script; never waits behind it.", "f8", "kill", rank=3),
    Action("repeat", "Repeat the run", "Runs it many times: median, p99, worst and a histogram.", "alt+r"),
    Action("open_view('history')", "Runs of this session", "What was run, and how it ended; Enter shows it.", "alt+y"),
    Action("compare_runs", "Compare two runs", "The run shown with the marked one, or the one before.", "alt+d"),
    Action("earlier_run", "The run before", "Shows the run before the one that is shown.", "alt+j"),
    Action("later_run", "The run after", "Shows the run after the one that is shown.", "alt+n"),
    Action("open", "Open a file", "Opens a Lua file, a recent one or an example.", "ctrl+o", "open", "Files", rank=7),
    Action("save", "Save", "Writes the script to its file.", "ctrl+s", "save", "Files", rank=8),
    Action("save_as", "Save as", "Writes the script to another file.", group="Files"),
    Action("rename_file", "Rename the file", "Moves the script's file, its presets with it.", group="Files"),
    Action("new", "New script", "Opens an empty tab.", "ctrl+n", group="Files"),
    Action("close_tab", "Close the tab", "Closes the script; asks if its text is not saved.", "alt+w", group="Files"),
    Action("next_tab", "Next script", "Shows the next editor tab.", "ctrl+pagedown,alt+right", group="Files"),
    Action("previous_tab", "Previous script", "Shows the editor tab before.", "ctrl+pageup,alt+left", group="Files"),
    Action(
        "edit_outside", "Edit in $EDITOR", "Hands the text to your own editor.", "ctrl+e", group="Edit", priority=False
    ),
    Action("find", "Find", "Finds text in the script; Enter goes to the next.", "ctrl+f", group="Edit"),
    Action("replace", "Find and replace", "One by one with Enter, or all of them.", "alt+h", group="Edit"),
    Action("go_to_line", "Go to a line", "Asks for the line's number.", "alt+g", group="Edit"),
    Action(
        "toggle_comment", "Toggle comment", "Comments the lines out, or in.", "ctrl+underscore,ctrl+slash", group="Edit"
    ),
    Action("duplicate_lines", "Duplicate the line", "Or the selected lines, below them.", "alt+i", group="Edit"),
    Action("move_lines(-1)", "Move the line up", "Or the selected lines.", "alt+up", group="Edit", priority=False),
    Action("move_lines(1)", "Move the line down", "Or the selected lines.", "alt+down", group="Edit", priority=False),
    Action("select_more", "Select more", "The word, what is in brackets, the line, all.", "alt+v", group="Edit"),
    Action(
        "go_to_partner", "Go to the other end", "From if, do, function to its end, and back.", "alt+q", group="Edit"
    ),
    Action("toggle_vi", "Keys of vi", "Turns the keys of vi in the editor on or off.", group="Edit"),
    Action("keep_preset", "Keep these arguments", "Keeps KEYS and ARGV as a preset of this script.", group="Edit"),
    Action("next_preset", "Next preset", "Fills KEYS and ARGV from the next preset.", "f4", group="Edit"),
    Action("pick_preset", "Choose a preset", "Fills KEYS and ARGV from a list of presets.", "alt+a", group="Edit"),
    Action("run_presets", "Try all presets", "Dry runs with each preset; replies side by side.", group="Run"),
    Action(
        "expect_replies",
        "Expect these replies",
        "Tries all presets; what they answer is what is expected.",
        group="Run",
    ),
    Action("setup_example", "Prepare sample data", "Runs the example's set-up commands.", group="Edit"),
    Action("console", "Console", "Goes to the prompt for any Redis command.", "ctrl+t", "console", "Panes", rank=9),
    Action("jump", "Jump", "Shows a key over every pane and tab; press one.", "ctrl+g", "jump", "Panes", rank=11),
    Action(
        "zoom",
        "Zoom the pane",
        "Gives the focused pane the whole screen, or takes it back.",
        "f11,alt+z",
        group="Panes",
    ),
    Action(
        "arrange", "Arrange the panes", "Arrows move borders, x hides; the mouse drags borders.", "alt+e", group="Panes"
    ),
    Action(
        "hide_pane",
        "Hide the pane",
        "Its number, or a click in the line above, brings it back.",
        "alt+x",
        group="Panes",
    ),
    Action("toggle_left", "Left side", "Hides the keys, or brings them back.", group="Panes"),
    Action("toggle_right", "Right side", "Hides scripts, slow log and running, or brings them back.", group="Panes"),
    Action("show_panes", "Show all panes", "Brings back what was hidden.", group="Panes"),
    Action("reset_layout", "Reset the layout", "Sizes as they were made, and nothing hidden.", group="Panes"),
    Action("pane_left", "Pane to the left", "Gives the keyboard to the pane on that side.", group="Panes"),
    Action("pane_down", "Pane below", "Gives the keyboard to the pane on that side.", group="Panes"),
    Action("pane_up", "Pane above", "Gives the keyboard to the pane on that side.", group="Panes"),
    Action("pane_right", "Pane to the right", "Gives the keyboard to the pane on that side.", group="Panes"),
    Action("refresh", "Refresh", "Reads keys, scripts and slow log again.", "f9", group="Panes"),
    Action("filter_keys", "Filter keys", "Shows only keys that match a pattern.", "alt+k", group="Panes"),
    Action("scan_more", "Scan on", "Goes on with SCAN where it stopped, or stops it.", "alt+m", group="Panes"),
    *OF_KEYS,
    *OF_REPLY,
    Action("console_reply", "Console reply", "The console's last reply as tree, table, JSON…", "f10", group="Panes"),
    Action("sent_log", "Log of sent commands", "Shows every command that went to the server.", "f12", group="Panes"),
    Action("stop_waiting", "Stop waiting", "Ends what the console waits for; Esc there does it too.", group="Panes"),
    Action("open_view('scripts')", "Scripts", "The script cache: call, load, copy a sha, flush.", group="Server"),
    Action(
        "open_view('functions')",
        "Functions",
        "Libraries and functions: code, load, call, dump.",
        "alt+l",
        group="Server",
    ),
    Action("open_view('clients')", "Clients", "Who is connected; sort, filter, kill.", "alt+c", group="Server"),
    Action(
        "open_view('monitor')", "Monitor", "Every command that the server runs, as it runs.", "alt+o", group="Server"
    ),
    Action(
        "open_view('pubsub')",
        "Pub/Sub",
        "Channels, patterns, shards, key events; publish.",
        "alt+p",
        group="Server",
    ),
    Action(
        "open_view('server')",
        "Server",
        "INFO as charts and figures, and CONFIG.",
        "alt+s",
        group="Server",
    ),
    Action("open_view('slowlog')", "Slow log", "What took long; threshold, reset.", group="Server"),
    Action(
        "load_everywhere", "Load the script on every node", "Of a cluster: the chosen row of Scripts.", group="Server"
    ),
    Action("flush_scripts", "Flush the script cache", "SCRIPT FLUSH, after a question.", group="Panes"),
    Action("reset_slowlog", "Reset the slow log", "SLOWLOG RESET.", group="Panes"),
    Action(
        "command_palette", "Palette", "Finds any action by its name.", "ctrl+p", "palette", "Workbench", "app", rank=5
    ),
    Action(
        "connect",
        "Connect to a server",
        "Profiles, addresses, TLS, SSH: tries them, saves them, goes over to one.",
        "alt+u",
        group="Workbench",
        scope="app",
    ),
    Action("choose_theme", "Choose a theme", "Shows each while you look; Esc goes back.", "f3", "", "Workbench", "app"),
    Action("next_theme", "Next theme", "Changes the colours.", group="Workbench", scope="app"),
    Action("notices", "Notices", "What was told, to be read again.", group="Workbench", scope="app"),
    Action("help", "Help", "Shows this.", "f1", "help", "Workbench", "app", rank=10),
    Action(
        "tour",
        "Take the tour",
        "Five things to do yourself; again for the next one, Esc ends it.",
        "f2",
        group="Workbench",
        scope="app",
    ),
    Action("suspend_process", "Suspend", "Back to the shell; fg goes on here.", group="Workbench", scope="app"),
    Action(
        "quit", "Quit", "Leaves; unsaved text is kept for the next start.", "ctrl+q", "quit", "Workbench", "app", rank=4
    ),
)

PANES: tuple[tuple[str, str], ...] = (
    ("keys", "Keys"),
    ("editor", "Editor"),
    ("arguments", "Arguments"),
    ("result", "Result"),
    ("scripts", "Scripts"),
    ("slowlog", "Slow log"),
    ("running", "Running"),
    ("console", "Console"),
)
"""Panes in the order of their numbers, from 1: the widget's id and its title."""

PANE_NUMBER = {name: number for number, (name, _) in enumerate(PANES, 1)}


def keyless(setting: str) -> str:
    """A key that no keyboard has, for a binding that stands there to be given one."""
    return f"no_key_for_{setting}"


def bindings(scope: Scope) -> list[BindingType]:
    """The key bindings of one scope; each can be given other keys by its action's name in the configuration."""
    made: list[BindingType] = [
        Binding(
            action.keys or keyless(action.setting),
            action.name,
            action.title,
            show=False,
            priority=action.priority,
            id=action.setting,
        )
        for action in ACTIONS
        if action.scope == scope
    ]
    if scope == "app":  # there and with priority, so that a field of a dialog never takes the digit as text
        made += [
            Binding(
                f"alt+{number}", f"pane({number})", f"Pane {number}", show=False, priority=True, id=f"pane_{number}"
            )
            for number in range(10)
        ]
    return made
