"""Every limit in the code, as the rows of docs/limits.md; `python -m tests.conventions.limits` writes the page."""
# ruff: noqa: E501 - a row stands on a line, as it does in the table

from dataclasses import dataclass
from pathlib import Path

from browser_host import log_lines, logs
from browser_host.api import bounds, requests, server
from browser_host.bridge import batches, command_queue, limits
from browser_host.bridge.page_health import storage
from browser_host.browsers import settings as hosting
from browser_host.browsers.endpoints import endpoint_set, grid_client
from browser_host.browsers.viewing import picture, pointer
from browser_host.cli import launch, output
from browser_host.cli.commands import record_command
from browser_host.config import addresses, models, reading, secret_files
from browser_host.journal import journal, reader, writer
from browser_host.notify import command_target, outbox, undelivered, webhook_target
from browser_host.protocol import message_reader, page_colors, page_instructions, pointer_input, raw
from browser_host.recording import line_reader, recorded_lines, source_file
from browser_host.sessions import filter, ledger, session, timeline  # noqa: A004 - the room's own word
from browser_host.sessions.alerts import alert, alert_state
from browser_host.supervisor import event_feed, policy, upscope_worker
from browser_host.supervisor.audit import journal_lives
from browser_host.supervisor.automation import discovery, visitor_poller
from browser_host.upscope import discovery_plan, exchange, shapes, visitor_looks
from browser_host.upscope.links import LinkRules
from tui.host import connection
from tui.preview import drawing, gesture, sheet_layout
from tui.replay import recording_index
from tui.view import saved_view
from tui.widgets import filter_bar

API, PAGE, HOST = bounds.BOUNDS, limits.Limits(), models.Settings()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Args:
        what: its first cell.
        much: its second cell, made of the code's own numbers.
        happens: its third cell.
        shown_by: the test that reaches the limit.
    """

    what: str
    much: str
    happens: str
    shown_by: str


def n(number: float) -> str:
    return f"{number:,.0f}"


def seconds(number: float) -> str:
    return f"{number:g} s"


def size(number: int) -> str:
    """Bytes in the largest unit that leaves a whole number."""
    for unit, one in (("MiB", 1 << 20), ("KiB", 1 << 10), ("MB", 1_000_000)):
        if number % one == 0:
            return f"{n(number // one)} {unit}"
    return f"{n(number)} bytes"


ROWS = (
    # the API
    Row("connected clients", n(API.clients), "the next one is answered `busy` (503) and disconnected; the others are served", "api/test_bounds::test_clients_beyond_the_limit_are_refused"),
    Row("clients waiting to be accepted", n(bounds.BACKLOG), "the next one waits in its own `connect`", "api/test_bounds::test_the_queue_before_the_door_is_short"),
    Row("clients that follow events", n(API.streams), "the next one is answered `busy`; the other connections stay free for commands", "api/test_bounds::test_streams_leave_connections_for_commands"),
    Row("time to send a request's head, and again its body", seconds(API.request_within_s), "408, and the connection is closed", "api/test_bounds::test_a_request_that_does_not_come_is_not_waited_for"),
    Row("time between two requests", seconds(API.idle_s), "the connection is closed", "api/test_bounds::test_a_connection_without_a_further_request_is_closed"),
    Row("time in which a client reads nothing", seconds(API.stalled_s), "the connection is aborted; nothing was buffered for it", "api/test_bounds::test_who_takes_nothing_is_cut_off_in_time"),
    Row("request line and headers", size(bounds.HEAD_LIMIT), "400, and the connection is closed", "api/test_bounds::test_a_head_has_a_length"),
    Row("request body", size(requests.BODY_LIMIT), "400; the rest is not read", "api/test_bounds::test_a_body_has_a_length_and_what_follows_is_not_read"),
    Row("ids in a request", n(requests.MAX_IDS), "400", "api/test_bounds::test_a_request_names_so_much_and_no_more"),
    Row("time a request may wait for confirmation", seconds(requests.LONGEST_S), "400", "api/test_bounds::test_a_request_names_so_much_and_no_more"),
    Row("journal entries, and visitors, in an answer", f"{n(requests.MOST_ENTRIES)} and {n(requests.MOST_VISITORS)}", "400", "api/test_bounds::test_an_answer_has_so_many_entries_and_no_more"),
    Row("a picture of a page", f"{n(bounds.LEAST_WIDTH)} to {n(bounds.MOST_WIDTH)} pixels wide", "400", "api/test_screenshots::test_a_picture_is_a_png_of_a_bounded_width"),
    Row("bytes of a picture", size(picture.MOST_BYTES), "none is given, with the reason", "browsers/test_pictures::test_only_a_bounded_png_is_a_picture"),
    Row("time for a picture", f"{seconds(picture.WITHIN_S)}, with the wait for another of the same process", "none is given, with the reason; the page is restored", "browsers/test_pictures::test_a_page_that_gives_no_picture_in_time_is_restored"),
    Row("time for mouse input, and points of a drag", f"{seconds(pointer.WITHIN_S)} and {n(pointer_input.MOST_POINTS)}", "it fails, with the reason, and the button is released; 400", "browsers/test_pointer::test_input_arrives_where_it_was_sent_and_nowhere_else"),
    Row("a filter", f"{n(filter.LIMIT)} characters", "refused, with the position", "sessions/test_filter_language::test_a_mistake_says_what_and_where"),
    Row("a client's own name, and its SSH peer", f"{n(server.CLIENT_NAME_LIMIT)} and {n(server.SSH_PEER_LIMIT)} characters", "cut and made printable", "api/test_bounds::test_what_a_client_says_of_itself_is_short"),
    Row("events kept for slow clients", f"{n(event_feed.SIZE)}, and {n(event_feed.CHARACTERS)} characters of pages' words", "the oldest are dropped; a client that needed them gets `host.resync`", "supervisor/test_event_feed::test_pages_that_say_much_cannot_fill_the_memory"),
    Row("events in one chunk", n(event_feed.CHUNK), "the next chunk follows", "supervisor/test_event_feed::test_a_client_that_lags_gets_its_events_in_chunks"),
    # sessions
    Row("sessions", n(policy.MAX_SESSIONS), "the next one is refused", "supervisor/test_supervisor::test_a_host_takes_no_more_than_it_can"),
    Row("time an ended session stays listed", f"{n(HOST.host.keep_ended or 0)} s (`host.keep_ended`)", "it is removed from the list; the journal keeps it", "supervisor/test_supervisor::test_ended_sessions_are_forgotten_after_their_time"),
    Row("entries in a session's timeline", f"{n(timeline.TIMELINE_LIMIT)} of {n(timeline.MOMENT_LIMIT)} characters", "the oldest is dropped; the journal keeps it", "sessions/test_transitions::test_the_timeline_keeps_the_newest"),
    Row("instructions in a session's ledger", n(ledger.LIMIT), "the oldest settled one is dropped; if none is settled, the next is refused", "sessions/test_ledger_rules::test_a_full_ledger_refuses_one_more"),
    Row("a label, a visitor's id", f"{n(session.LABEL_LIMIT)} and {n(session.VISITOR_LIMIT)} characters", "refused", "api/test_bounds::test_a_session_has_a_short_name"),
    Row("a watch link", f"{n(addresses.LIMIT)} characters", "refused, and not repeated in the message", "api/test_bounds::test_a_session_has_a_short_name"),
    Row("a raw instruction", f"{n(page_instructions.RAW_LIMIT)} characters", "refused", "protocol/test_instruction_writer::test_a_raw_instruction_must_be_a_bounded_json_object"),
    # what a page says
    Row("a page's message", f"{n(PAGE.message_chars)} characters, {n(PAGE.entries)} entries, {n(PAGE.depth)} deep", "cut inside the page", "browsers/test_page_floods::test_any_message_arrives_bounded_and_breaks_nothing"),
    Row("statuses and endings of a session in one batch", n(PAGE.lasting), "the first and the newest stay; the others count as dropped", "browsers/test_page_floods::test_excess_statuses_keep_first_and_newest"),
    Row("other messages of a session in one batch", n(PAGE.others), "the oldest is dropped and counted", "browsers/test_page_floods::test_a_flood_costs_its_own_page_and_no_status_is_lost"),
    Row("batches in flight from a group (its credit)", n(PAGE.credit), "the pages hold their messages and merge them", "browsers/test_page_floods::test_page_without_credit_keeps_and_merges_messages"),
    Row("a batch", f"{n(PAGE.batch_chars)} characters; {n(batches.MAX_CHARS)} are read", "the next batch takes the rest; a longer one closes the group", "bridge/test_batches::test_a_batch_too_long_or_too_deep_is_bad"),
    Row("a message that is not understood", f"{n(raw.LIMIT)} characters; its type {n(message_reader.TYPE_LIMIT)}", "cut", "protocol/test_raw_message::test_a_value_that_does_not_fit_is_cut"),
    Row("a colour as the page reported it", f"{n(page_colors.RAW_LIMIT)} characters", "cut, and treated as no colour", "protocol/test_page_colors::test_a_long_colour_is_cut_and_not_parsed"),
    Row("instructions waiting for a group", n(command_queue.MAX_WAITING), "the next one is `failed`, with the reason", "bridge/test_command_queue::test_the_queue_has_a_bound"),
    # browsers
    Row("sessions that share a process", f"{n(HOST.browser.sessions_per_process)} (`browser.sessions_per_process`, at most 100)", "another process is opened", "browsers/test_placement::test_everyone_is_placed_once_and_no_group_is_overfull"),
    Row("processes of a browser", f"{n(hosting.PoolSettings().max_groups)} (one for each group; never more than {n(hosting.MAX_GROUPS_PER_BROWSER)})", "another browser is started; one more process while one is being replaced", "browsers/test_pool_browsers::test_a_full_browser_gets_a_second_one_beside_it"),
    Row("browsers", n(endpoint_set.MAX_BROWSERS), "further sessions stay `queued`; one more browser while one is being replaced", "browsers/test_pool_browsers::test_who_comes_beyond_the_last_browser_waits_for_a_place"),
    Row("an answer of a Selenium Grid", f"{grid_client.MOST_ANSWER_BYTES // 1_000_000} MB, {seconds(grid_client.ANSWERS_WITHIN_S)}; {seconds(grid_client.QUEUED_WITHIN_S)} in its queue", "counts as no answer; a browser is requested again later", "browsers/endpoints/test_grid_answers::test_endless_answers_and_closed_ports_end_in_words"),
    Row("what a page stores", size(storage.LIMIT_BYTES), "its page is closed; the session is `blocked`, with the reason", "browsers/test_attack_memory::test_no_page_fills_the_memory_with_what_it_stores"),
    # the service
    Row("requests to the service", f"{n(upscope_worker.AT_ONCE)} at once, {n(upscope_worker.WAITING)} waiting", "further ones are retried later", "conventions/test_limits::test_the_client_has_a_connection_for_each_request"),
    Row("an answer of the service", size(exchange.MOST_BODY_BYTES), "rejected", "upscope/test_upscope_faults::test_a_refusal_says_what_to_do_and_is_not_repeated"),
    Row("a text from the service", f"{n(shapes.TEXT_LIMIT)} characters", "cut", "upscope/test_upscope_visitors::test_whatever_comes_is_text_bounded_and_printable"),
    Row("visitors in one poll of discovery, and remembered", f"{n(discovery.MOST_SEEN)} and {n(discovery_plan.MOST_REMEMBERED)}", "absence then proves nothing; the oldest are forgotten", "upscope/test_upscope_discovery::test_a_cut_list_lets_nobody_go"),
    Row("visitors in one look at the hosted ones", f"{n(visitor_looks.MOST_LISTED)} in its list, {n(visitor_looks.MOST_SINGLE)} one by one", "the others are looked at next time; absence proves nothing", "upscope/test_visitor_looks::test_who_is_missing_from_the_list_is_asked_for_alone"),
    Row("time of one look at the hosted visitors", f"{seconds(visitor_looks.WITHIN_S)}; before a bulk end {seconds(visitor_poller.RECHECK_WITHIN_S)}", "the look failed: what was known stays, and no visitor becomes `gone` by it", "upscope/test_visitor_looks::test_a_service_that_hangs_costs_no_more_than_the_deadline"),
    Row("watch links requested", f"{n(LinkRules().each)} an hour for a visitor", "requested when the hour has passed", "upscope/test_upscope_links::test_no_hour_costs_more_than_the_ceilings"),
    Row("ends by rule", f"{n(HOST.end.automatic_per_hour)} an hour (`end.automatic_per_hour`)", "no further session is ended by rule within that hour", "supervisor/test_auto_end::test_the_ceiling_holds"),
    # alerts
    Row("alerts", n(alert_state.MOST_ALERTS), "the configuration is refused", "config/test_alerts_config::test_there_are_so_many_alerts_and_no_more"),
    Row("announcements of an alert", f"{n(alert.BURST)} at once, then one every {seconds(alert.REFILL_S)}", "what changed meanwhile is announced together", "sessions/test_alert_rules::test_ten_thousand_flapping_sessions_are_few_notices"),
    Row("announcements waiting for a command or webhook", n(outbox.WAITING), "the oldest is dropped and counted", "notify/test_webhook::test_what_waits_is_bounded_and_the_oldest_is_dropped"),
    Row("time of a command, and of an attempt of a webhook", f"{seconds(command_target.WITHIN_S)} and {seconds(webhook_target.WITHIN_S)}", "its processes are killed; the attempt is repeated", "notify/test_alert_command::test_a_command_that_hangs_is_killed_with_its_children"),
    Row("time in which a webhook is tried again", seconds(outbox.TRIED_FOR_S), "the announcement counts as failed", "notify/test_webhook::test_a_receiver_that_stays_down_is_given_up"),
    Row("announcements that a host leaves to the next one", f"{n(undelivered.MOST_BYTES)} bytes, {seconds(undelivered.KEPT_S)}", "the oldest are left out", "notify/test_webhook::test_what_waited_too_long_or_is_broken_is_left_out"),
    Row("a failed command's output", f"{n(command_target.OUTPUT_LIMIT)} characters", "cut", "notify/test_alert_command::test_a_command_that_fails_says_so_within_bounds"),
    Row("signing secrets in a file", n(secret_files.MOST_SIGNING), "refused", "config/test_alerts_config::test_a_file_without_signing_secrets_is_refused"),
    # files
    Row("entries waiting for the journal", n(journal.WAITING), "page reports are dropped and counted; instructions are refused", "journal/test_journal::test_more_than_may_wait_is_dropped_counted_and_told"),
    Row("entries kept while the journal can't be written", n(writer.BACKLOG), "later ones are counted, and the count is written", "journal/test_journal::test_what_finds_no_place_is_counted_and_told"),
    Row("age of the journal", f"{n((HOST.journal.keep or 0) / 86_400)} days (`journal.keep`)", "the oldest rows are deleted, and a row records it", "journal/test_journal::test_old_rows_go_by_themselves"),
    Row("journal rows that a filter of the history searches", n(reader.MOST_SEARCHED), "older rows are not found; `--since` and `--session` narrow the search", "journal/test_history_filter::test_a_filter_counts_what_it_finds_and_looks_at_so_many"),
    Row("the log", f"{n(logs.FILES_KEPT)} old files of {size(logs.FILE_BYTES)}", "the oldest file is deleted", "cli/test_logs::test_no_more_files_are_kept_than_so_many"),
    Row("a value in the log", f"{n(log_lines.TEXT_LIMIT)} characters", "cut", "cli/test_logs::test_a_long_value_is_cut"),
    Row("output of the dashboard's own host", size(launch.TALK_BYTES), "started again by the next host", "tui/test_owned_host_life::test_what_hosts_said_is_begun_anew_when_it_is_long"),
    Row("the configuration file", size(reading.SIZE_LIMIT), "refused", "config/test_config_loading::test_a_file_is_read_so_far_and_no_further"),
    Row("a file that holds a secret", size(secret_files.SIZE_LIMIT), "refused", "config/test_secret_files::test_a_file_that_holds_no_key_is_refused_without_showing_it"),
    Row("the dashboard's saved views", f"{size(saved_view.READ_AT_MOST)}, {n(saved_view.ENVIRONMENTS_AT_MOST)} environments", "ignored with a message and replaced; the view used longest ago is dropped", "tui/deck/test_saved_view::test_a_broken_file_is_ignored_with_a_word_and_replaced"),
    Row("rows of the journal that statistics look at", n(journal_lives.MOST_ROWS), "older ones are passed over, and `since` says so", "journal/test_stats_command::test_what_too_many_rows_leave_out_moves_since"),
    Row("a recording", f"{size(record_command.MOST_BYTES)} (`--max-size`)", "it ends there, and says so", "recording/test_record::test_a_recording_stops_at_its_bound"),
    Row("hosts in a recording", n(line_reader.MOST_HOSTS), "refused", "tui/replay/test_replay_of_hosts::test_a_recording_with_mistaken_hosts_is_refused"),
    Row("a line of a recording", size(recorded_lines.LINE_LIMIT), "refused", "tui/replay/test_hostile_recordings::test_what_is_no_recording_is_refused_in_a_sentence"),
    Row("a compressed recording when unpacked", size(source_file.MOST_UNPACKED), "refused", "tui/replay/test_hostile_recordings::test_a_compressed_recording_is_unpacked_within_a_bound"),
    Row("sessions at a time in a recording", n(recording_index.MOST_SESSIONS), "refused", "tui/replay/test_hostile_recordings::test_more_sessions_than_any_host_has_are_refused"),
    Row("states of a recording in memory", f"{n(recording_index.MOST_STATES)}, with {n(recording_index.MOST_KEPT)} sessions in all", "every other one is dropped and read again where it is needed", "tui/replay/test_hostile_recordings::test_few_states_are_kept_of_a_long_recording"),
    # the terminal
    Row("events the dashboard holds between two frames", n(connection.BUFFER), "merged at once", "tui/wiring/test_connection::test_a_flood_comes_in_few_deliveries_and_ends_right"),
    Row("bytes of the preview's picture", n(drawing.MOST_BYTES), "it is drawn in fewer colours, then in fewer columns", "tui/preview/test_drawing::test_noise_costs_no_more_than_the_bound"),
    Row("bytes of the preview's picture in sixel or kitty's protocol", n(drawing.MOST_BYTES), "it is drawn in fewer colours, then in fewer pixels", "tui/preview/test_pictures::test_noise_costs_no_more_than_the_bound_in_graphics"),
    Row("age of a picture that is clicked", seconds(gesture.FRESH_S), "nothing is sent, with the reason", "tui/preview/test_gesture::test_only_a_fresh_picture_of_a_live_session_is_clicked"),
    Row("pictures of a contact sheet", n(sheet_layout.MOST), "the others are left out, and its first line says so", "tui/preview/test_contact_sheet::test_an_ordinary_terminal_has_room_for_some"),
    Row("a filter in the dashboard", f"{n(filter_bar.LONGEST)} characters", "further keys are ignored", "conventions/test_limits::test_a_saved_filter_is_one_that_can_be_typed"),
    Row("a cell and a line of a command's output", f"{n(output.CELL_LIMIT)} and {n(output.LINE_LIMIT)} characters", "cut", "cli/test_output::test_columns_are_aligned_and_cannot_steer_a_terminal"),
)  # fmt: skip

PAGE_PATH = Path(__file__).parents[2] / "docs" / "limits.md"
_HEAD = """# Limits

Every resource is bounded, and each limit is defined once in the code. This page is generated from there by
`python -m tests.conventions.limits`; a test compares it, and names a test that reaches each limit.

| what | limit | what happens at it |
|---|---|---|
"""


def page() -> str:
    """The text of docs/limits.md."""
    return _HEAD + "".join(f"| {row.what} | {row.much} | {row.happens} |\n" for row in ROWS)


if __name__ == "__main__":
    PAGE_PATH.write_text(page(), "utf-8")
