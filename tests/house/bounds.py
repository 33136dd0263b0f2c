"""Every bound in the code: its row in the README's table, and the test of what happens at it."""
# ruff: noqa: E501 - a row stands on a line, as it does in the table

from dataclasses import dataclass

from browser_host import logs
from browser_host.api import bounds, requests, server
from browser_host.bridge import batches, limits, orders, storage
from browser_host.browsers import pool
from browser_host.browsers import settings as hosting
from browser_host.cli import launch, output
from browser_host.config import addresses, models, reading, secret_files
from browser_host.journal import journal, writer
from browser_host.protocol import colors, instructions, raw, reader
from browser_host.sessions import drafts, filter, ledger, session  # noqa: A004 - the room's own word
from browser_host.supervisor import feed, rest, rules, scout
from browser_host.upscope import discovery, exchange, shapes
from browser_host.upscope.links import LinkRules
from tui import link, memory, view_file
from tui.widgets import filter_bar

API, PAGE, HOST = bounds.BOUNDS, limits.Limits(), models.Settings()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Args:
        what: its first cell.
        much: its second cell, made of the code's own numbers.
        shown_by: the test of what happens at it.
    """

    what: str
    much: str
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
    Row("clients connected", n(API.clients), "api/test_bounds::test_who_comes_beyond_the_clients_is_told_so_and_the_others_are_served"),
    Row("clients not yet accepted", n(bounds.BACKLOG), "api/test_bounds::test_the_queue_before_the_door_is_short"),
    Row("clients that follow the events", n(API.streams), "api/test_bounds::test_streams_leave_connections_for_commands"),
    Row("time to send a request's head, and again its body", seconds(API.request_within_s), "api/test_bounds::test_a_request_that_does_not_come_is_not_waited_for"),
    Row("time between two requests", seconds(API.idle_s), "api/test_bounds::test_a_connection_without_a_further_request_is_closed"),
    Row("time in which a client reads nothing", seconds(API.stalled_s), "api/test_bounds::test_who_takes_nothing_is_cut_off_in_time"),
    Row("a request's line and headers", size(bounds.HEAD_LIMIT), "api/test_bounds::test_a_head_has_a_length"),
    Row("a request's body", size(requests.BODY_LIMIT), "api/test_bounds::test_a_body_has_a_length_and_what_follows_is_not_read"),
    Row("ids in a request", n(requests.MAX_IDS), "api/test_bounds::test_a_request_names_so_much_and_no_more"),
    Row("time that a request gives its pages to confirm", seconds(requests.LONGEST_S), "api/test_bounds::test_a_request_names_so_much_and_no_more"),
    Row("entries of the journal, and visitors, in an answer", f"{n(requests.MOST_ENTRIES)} and {n(requests.MOST_VISITORS)}", "api/test_bounds::test_an_answer_has_so_many_entries_and_no_more"),
    Row("a filter", f"{n(filter.LIMIT)} characters", "sessions/test_filter_language::test_a_mistake_says_what_and_where"),
    Row("what a client calls itself, and its SSH peer", f"{n(server.CLIENT_NAME_LIMIT)} and {n(server.SSH_PEER_LIMIT)} characters", "api/test_bounds::test_what_a_client_says_of_itself_is_short"),
    Row("events kept for clients that lag", f"{n(feed.SIZE)}, and {n(feed.CHARACTERS)} characters of pages' words", "supervisor/test_feed::test_pages_that_say_much_cannot_fill_the_memory"),
    Row("events in one piece", n(feed.CHUNK), "supervisor/test_feed::test_a_client_that_lags_gets_its_events_in_chunks"),
    # sessions
    Row("sessions", n(rules.MAX_SESSIONS), "supervisor/test_supervisor::test_a_host_takes_no_more_than_it_can"),
    Row("time that an ended session stays listed", f"{n(HOST.host.keep_ended or 0)} s (`host.keep_ended`)", "supervisor/test_supervisor::test_ended_sessions_are_forgotten_after_their_time"),
    Row("moments in a session's timeline", f"{n(drafts.TIMELINE_LIMIT)} of {n(drafts.MOMENT_LIMIT)} characters", "sessions/test_transitions::test_the_timeline_keeps_the_newest"),
    Row("instructions in a session's ledger", n(ledger.LIMIT), "sessions/test_ledger_rules::test_a_full_ledger_refuses_one_more"),
    Row("a label, a visitor's id", f"{n(session.LABEL_LIMIT)} and {n(session.VISITOR_LIMIT)} characters", "api/test_bounds::test_a_session_has_a_short_name"),
    Row("a watch link", f"{n(addresses.LIMIT)} characters", "api/test_bounds::test_a_session_has_a_short_name"),
    Row("an instruction as written", f"{n(instructions.RAW_LIMIT)} characters", "protocol/test_instruction_writer::test_an_instruction_as_written_is_a_json_object_of_sensible_size"),
    # what a page says
    Row("a page's message", f"{n(PAGE.message_chars)} characters, {n(PAGE.entries)} entries, {n(PAGE.depth)} deep", "browsers/test_page_floods::test_whatever_a_page_posts_arrives_bounded_and_breaks_nothing"),
    Row("statuses and endings of a session in one batch", n(PAGE.lasting), "browsers/test_page_floods::test_statuses_beyond_their_bound_keep_the_first_and_the_newest"),
    Row("other messages of a session in one batch", n(PAGE.others), "browsers/test_page_floods::test_a_flood_costs_its_own_page_and_no_status_is_lost"),
    Row("batches on their way from a page (its credit)", n(PAGE.credit), "browsers/test_page_floods::test_without_credit_a_page_keeps_what_it_has_to_say_and_merges_it"),
    Row("a batch", f"{n(PAGE.batch_chars)} characters; {n(batches.MAX_CHARS)} are read", "bridge/test_batches::test_a_batch_too_long_or_too_deep_is_bad"),
    Row("a message that is not understood", f"{n(raw.LIMIT)} characters; its type {n(reader.TYPE_LIMIT)}", "protocol/test_raw_message::test_what_does_not_fit_is_the_beginning"),
    Row("a colour in the page's words", f"{n(colors.RAW_LIMIT)} characters", "protocol/test_page_colors::test_a_long_word_is_kept_cut_and_not_read"),
    Row("instructions waiting for a page", n(orders.MAX_WAITING), "bridge/test_orders::test_the_queue_has_a_bound"),
    # browsers
    Row("sessions of a page", f"{n(HOST.browser.sessions_per_page)} (`browser.sessions_per_page`, at most 100)", "browsers/test_placing::test_everyone_is_placed_once_and_no_page_is_overfull"),
    Row("pages of a browser", f"{n(hosting.PoolSettings().max_pages)} (`max_pages`, at most {n(hosting.MAX_PAGES_PER_BROWSER)})", "browsers/test_pool_browsers::test_a_full_browser_gets_a_second_one_beside_it"),
    Row("browsers", n(pool.MAX_BROWSERS), "browsers/test_pool_browsers::test_who_comes_beyond_the_last_browser_waits_for_a_place"),
    Row("what an origin stores in a page", size(storage.LIMIT_BYTES), "browsers/test_attack_memory::test_no_page_fills_the_memory_with_what_it_stores"),
    # the service
    Row("questions to the service", f"{n(rest.AT_ONCE)} at once, {n(rest.WAITING)} waiting", "house/test_bounds::test_the_services_questions_fit_its_connections"),
    Row("an answer of the service", size(exchange.MOST_BODY_BYTES), "upscope/test_upscope_faults::test_a_refusal_says_what_to_do_and_is_not_repeated"),
    Row("a text of the service", f"{n(shapes.TEXT_LIMIT)} characters", "upscope/test_upscope_visitors::test_whatever_comes_is_text_bounded_and_printable"),
    Row("visitors at a look of discovery, and remembered", f"{n(scout.MOST_SEEN)} and {n(discovery.MOST_REMEMBERED)}", "upscope/test_upscope_discovery::test_a_cut_list_lets_nobody_go"),
    Row("watch links asked for", f"{n(LinkRules().each)} an hour for a visitor", "upscope/test_upscope_links::test_no_hour_costs_more_than_the_ceilings"),
    Row("ends by rule", f"{n(HOST.end.automatic_per_hour)} an hour (`end.automatic_per_hour`)", "supervisor/test_warden::test_the_ceiling_holds"),
    # files
    Row("entries waiting for the journal", n(journal.WAITING), "journal/test_journal_face::test_more_than_may_wait_is_dropped_counted_and_told"),
    Row("entries kept while it can't be written", n(writer.BACKLOG), "journal/test_journal_face::test_what_finds_no_place_is_counted_and_told"),
    Row("age of the journal", f"{n((HOST.journal.keep or 0) / 86_400)} days (`journal.keep`)", "journal/test_journal_face::test_old_rows_go_by_themselves"),
    Row("the log", f"{n(logs.FILES_KEPT)} old files of {size(logs.FILE_BYTES)}", "cli/test_logs::test_no_more_files_are_kept_than_so_many"),
    Row("a value in the log", f"{n(logs.TEXT_LIMIT)} characters", "cli/test_logs::test_a_long_value_is_cut"),
    Row("what a host of the dashboard's own said", size(launch.TALK_BYTES), "tui/test_owned_host_life::test_what_hosts_said_is_begun_anew_when_it_is_long"),
    Row("the configuration's file", size(reading.SIZE_LIMIT), "config/test_config_loading::test_a_file_is_read_so_far_and_no_further"),
    Row("a file of a secret", size(secret_files.SIZE_LIMIT), "config/test_secret_files::test_a_file_that_holds_no_key_is_refused_without_showing_it"),
    Row("the dashboard's file of views", f"{size(view_file.READ_AT_MOST)}, {n(memory.ENVIRONMENTS_AT_MOST)} environments", "tui/deck/test_memory::test_a_broken_file_is_ignored_with_a_word_and_replaced"),
    # the terminal
    Row("events that the dashboard holds between two pictures", n(link.BUFFER), "tui/wiring/test_link_follows::test_a_flood_comes_in_few_deliveries_and_ends_right"),
    Row("a filter in the dashboard", f"{n(filter_bar.LONGEST)} characters", "house/test_bounds::test_what_is_kept_of_a_filter_is_what_may_be_typed"),
    Row("a cell and a line of a command", f"{n(output.CELL_LIMIT)} and {n(output.LINE_LIMIT)} characters", "cli/test_output::test_columns_are_aligned_and_cannot_steer_a_terminal"),
)  # fmt: skip
