/* Copies of what another process owns: fed by its events, filled while it goes on, compared. */
#include <stdio.h>

#include "replica_world.h"
#include "unit.h"

#define ITEM  "goods.item"
#define THING "far.thing"

static world *w;

static void set_up(void)
{
    w = world_open();
}

static void tear_down(void)
{
    world_close(w);
}

static void filled(const char *type)
{
    m_replica_filled result;
    m_status status = fill(w, type, &result);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
}

static bool code_is(m_str code)
{
    return m_str_eq(w->call->error.code, code);
}
#define IS(code) code_is(M_STR(code))

/* ---- events ---- */

START_TEST(a_copy_follows_its_owner)
{
    item_new(w, 1, "A");
    item_new(w, 2, "B");
    item_change(w, 1, NULL, "renamed");
    ck_assert_uint_eq(w->committed, 3);
    deliver_next(w, 2);
    ck_assert(m_str_is(copy_of(w, 1)->name, "as \"new\"\n"));
    deliver_next(w, 1);
    const goods_item *copy = copy_of(w, 1);
    ck_assert(m_str_is(copy->name, "renamed"));
    ck_assert_int_eq(copy->version, 2);
    ck_assert_uint_eq(copy_of(w, 2)->remarks.count, 2);
    ck_assert(same(w, ITEM));
    item_delete(w, 2);
    ck_assert(!same(w, ITEM));
    deliver_next(w, 1);
    ck_assert_ptr_null(copy_of(w, 2));
    ck_assert(same(w, ITEM));
}
END_TEST

START_TEST(what_is_secret_or_not_shared_never_leaves)
{
    item_new(w, 1, "A");
    thing_new(w, 1, "T");
    other_new(w, 1);
    ck_assert_uint_eq(w->committed, 2);
    for (uint32_t i = 0; i < w->committed; i++) {
        const char *text = m_str_z(w->call->arena, w->log[i].event.payload);
        ck_assert_ptr_null(strstr(text, "hush"));
        ck_assert_ptr_null(strstr(text, "nobody"));
    }
    deliver_next(w, 2);
    ck_assert_uint_eq(copy_of(w, 1)->secret.n, 0);
    ck_assert_str_eq(strstr(thing_copy(w, 1), "\"code\""), "\"code\":\"T\"}");
}
END_TEST

START_TEST(twice_is_once)
{
    item_new(w, 1, "A");
    item_change(w, 1, "B", NULL);
    thing_new(w, 2, "T");
    deliver_next(w, 3);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert(!deliver(w, i));
    ck_assert(m_str_is(copy_of(w, 1)->code, "B"));
    ck_assert(same(w, ITEM) && same(w, THING));
}
END_TEST

/* The consumer keeps the order and closes gaps; should it not, no copy goes back in time. */
START_TEST(newer_news_are_not_undone)
{
    item_new(w, 1, "A");
    item_change(w, 1, "B", NULL);
    item_change(w, 1, "C", NULL);
    ck_assert(deliver(w, 2));
    ck_assert(!deliver(w, 0));
    ck_assert(!deliver(w, 1));
    ck_assert(m_str_is(copy_of(w, 1)->code, "C"));
    ck_assert(same(w, ITEM));
}
END_TEST

START_TEST(others_events_are_passed_over)
{
    bool used = true;
    static const char *const types[] = {"goods.item.submitted", "far.other.stored", "stored",
                                        "near.note.stored", ""};
    for (size_t i = 0; i < UNIT_COUNT(types); i++) {
        m_replica_event event = {.seq = 1, .type = m_str_of(types[i]), .payload = M_STR("{}")};
        /* far.other is linked to, so it would be kept if it were shared */
        ck_assert(m_replica_wants(w->replica, event.type) == (i == 1));
        if (i == 1) continue;
        keeper_begin(w);
        ck_assert_int_eq(m_replica_apply(w->replica, w->call, &event, &used), M_OK);
        keeper_end(w);
        ck_assert(!used);
    }
    uint32_t n = 0;
    const char *const *names = m_replica_types(w->replica, &n);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(names[0], "far.other");
    ck_assert_str_eq(names[1], "far.thing");
    ck_assert_str_eq(names[2], "goods.item");
}
END_TEST

START_TEST(an_event_that_names_two_documents_is_refused)
{
    bool used = false;
    m_replica_event event = {.seq = 1,
                             .type = M_STR("goods.item.stored"),
                             .aggregate = item_id(1),
                             .payload = M_STR("{\"version\":1}")};
    keeper_begin(w);
    ck_assert_int_eq(m_replica_apply(w->replica, w->call, &event, &used), M_INTERNAL);
    w->bound.uow->ops->rollback(w->bound.uow);
}
END_TEST

START_TEST(tenants_are_apart)
{
    m_id first = w->call->tenant;
    item_new(w, 1, "A");
    w->call->tenant = test_id(7);
    item_new(w, 1, "Z");
    ck_assert_int_eq(w->log[1].event.seq, 1);
    deliver_next(w, 2);
    ck_assert(m_str_is(copy_of(w, 1)->code, "Z"));
    w->call->tenant = first;
    ck_assert(m_str_is(copy_of(w, 1)->code, "A"));
    w->call->tenant = test_id(8);
    ck_assert_ptr_null(copy_of(w, 1));
    filled(ITEM);
    ck_assert_ptr_null(copy_of(w, 1));
}
END_TEST

/* ---- filling ---- */

START_TEST(a_fill_brings_all_pages)
{
    char code[20];
    for (uint32_t i = 0; i < 23; i++) {
        snprintf(code, sizeof code, "C%u", (unsigned)i);
        item_new(w, i, code);
        thing_new(w, i, code);
    }
    m_replica_filled result;
    w->page_limit = 5;
    ck_assert_int_eq(fill(w, ITEM, &result), M_OK);
    ck_assert_int_eq(result.documents, 23);
    ck_assert_int_eq(result.written, 23);
    ck_assert_int_eq(result.seq, 46);
    ck_assert(same(w, ITEM));
    filled(THING);
    ck_assert(same(w, THING));
    ck_assert_uint_eq(copy_of(w, 22)->remarks.count, 1);
    /* events from before add nothing; a second fill finds nothing to do */
    for (uint32_t i = 0; i < w->committed; i++)
        ck_assert(!deliver(w, i));
    ck_assert_int_eq(fill(w, ITEM, &result), M_OK);
    ck_assert_int_eq(result.written + result.removed, 0);
}
END_TEST

START_TEST(events_from_before_a_fill_add_nothing)
{
    item_new(w, 1, "A");
    item_delete(w, 1);
    filled(ITEM);
    deliver_next(w, 1);
    ck_assert_ptr_null(copy_of(w, 1)); /* not even until its removal comes */
    deliver_next(w, 1);
    ck_assert(same(w, ITEM));
}
END_TEST

START_TEST(a_fill_puts_right_what_went_wrong)
{
    item_new(w, 1, "A");
    item_new(w, 2, "B");
    item_new(w, 3, "C");
    thing_new(w, 1, "T");
    deliver_next(w, 4);
    item_delete(w, 1);            /* these events are lost */
    item_change(w, 2, "A", NULL); /* takes the code of the one that is gone */
    item_swap(w, 2, 3);
    item_new(w, 4, "B");
    thing_delete(w, 1);
    m_replica_filled result;
    ck_assert(!same(w, ITEM));
    ck_assert_int_eq(fill(w, ITEM, &result), M_OK);
    ck_assert(same(w, ITEM));
    ck_assert_int_eq(result.documents, 3);
    ck_assert_ptr_null(copy_of(w, 1));
    ck_assert(m_str_is(copy_of(w, 2)->code, "C"));
    ck_assert(!same(w, THING));
    filled(THING);
    ck_assert(same(w, THING));
    ck_assert_ptr_null(thing_copy(w, 1));
}
END_TEST

START_TEST(an_owner_set_back_is_followed)
{
    item_new(w, 1, "A");
    filled(ITEM);
    const goods_item *copy = copy_of(w, 1);
    goods_item newer = *copy;
    newer.version = 9;
    newer.name = M_STR("of a future that was lost");
    keeper_begin(w);
    ck_assert_int_eq(m_store_put(w->bound.store, w->call, &goods_item_type, &newer), M_OK);
    keeper_end(w);
    ck_assert(!same(w, ITEM));
    filled(ITEM);
    ck_assert(same(w, ITEM));
}
END_TEST

START_TEST(long_documents_come_whole)
{
    enum { LONG = 70000 };
    item_new(w, 1, "A");
    char *text = m_arena_alloc(w->call->arena, LONG + 1);
    for (size_t i = 0; i + 2 < LONG; i += 3)
        memcpy(text + i, "€", 3); /* never cut in the middle */
    item_change(w, 1, NULL, "x");
    for (uint32_t n = 2; n < 12; n++) {
        char code[20];
        snprintf(code, sizeof code, "L%u", (unsigned)n);
        item_new(w, n, code);
        item_change(w, n, NULL, text + 3 * n); /* the page ends by bytes too */
    }
    filled(ITEM);
    ck_assert(same(w, ITEM));
    ck_assert_uint_eq(copy_of(w, 5)->name.n, strlen(text) - 15);
}
END_TEST

/* ---- while changes go on ---- */

static uint64_t random_state;

static uint32_t dice(uint32_t sides)
{
    return (uint32_t)(unit_random(&random_state) % sides);
}

enum { ITEMS = 12 };

static void change_something(void)
{
    static uint32_t codes;
    char code[20];
    uint32_t n = dice(ITEMS);
    snprintf(code, sizeof code, "R%u", (unsigned)++codes);
    switch (dice(6)) {
    case 0:
    case 1:
        if (!item_there(w, n)) item_new(w, n, code); /* also one that was deleted, anew */
        break;
    case 2:
        item_delete(w, n);
        break;
    case 3:
        item_swap(w, n, dice(ITEMS));
        break;
    case 4:
        item_change(w, n, code, NULL);
        break;
    default:
        item_change(w, n, NULL, code);
    }
}

static void meddle(world *at)
{
    (void)at;
    for (uint32_t i = dice(4); i; i--)
        change_something();
    deliver_next(w, dice(9));
}

static void one_life(uint64_t seed)
{
    random_state = seed;
    for (int i = 0; i < 20; i++)
        change_something();
    if (dice(2)) deliver_next(w, dice(30));
    w->page_limit = 1 + dice(5);
    w->on_page = meddle;
    for (uint32_t i = 1 + dice(2); i; i--) {
        filled(ITEM);
        meddle(w);
    }
    w->on_page = NULL;
    deliver_next(w, UINT32_MAX);
    ck_assert_msg(same(w, ITEM), "seed %llu", (unsigned long long)seed);
    keeper_begin(w);
    uint32_t touches = 0;
    m_query all = {0};
    ck_assert_int_eq(
        m_store_count(w->bound.store, w->call, &m_replica_touch_type, &all, 10, &touches), M_OK);
    keeper_end(w);
    ck_assert_uint_eq(touches, 0);
}

START_TEST(filled_while_changes_go_on)
{
    const char *more = getenv("REPLICA_LIVES");
    long lives = more ? strtol(more, NULL, 10) : 60;
    for (long i = 1; i <= lives; i++) {
        one_life((uint64_t)i * 0x9e3779b97f4a7c15u);
        world_close(w);
        w = world_open();
    }
}
END_TEST

static void delete_first(world *at)
{
    at->on_page = NULL;
    item_delete(at, 1);
    deliver_next(at, UINT32_MAX);
}

/* The page was read before the deletion, and is written after it. */
START_TEST(a_late_page_brings_nothing_back)
{
    item_new(w, 1, "A");
    item_new(w, 2, "B");
    w->on_page = delete_first;
    filled(ITEM);
    ck_assert_ptr_null(copy_of(w, 1));
    ck_assert(same(w, ITEM));
}
END_TEST

static void new_one(world *at)
{
    at->on_page = NULL;
    item_new(at, 5, "E");
    deliver_next(at, UINT32_MAX);
}

START_TEST(a_late_page_takes_nothing_away)
{
    item_new(w, 1, "A");
    item_new(w, 9, "Z");
    w->on_page = new_one;
    filled(ITEM);
    ck_assert_ptr_nonnull(copy_of(w, 5));
    ck_assert(same(w, ITEM));
}
END_TEST

static void cut_it(world *at)
{
    at->cut = true;
}

START_TEST(broken_off_is_run_again)
{
    for (uint32_t i = 0; i < 6; i++) {
        const char *code = m_arena_printf(w->call->arena, "C%u", (unsigned)i);
        item_new(w, i, code);
    }
    m_replica_filled result;
    w->page_limit = 2;
    w->on_page = cut_it;
    ck_assert_int_eq(fill(w, ITEM, &result), M_UNAVAILABLE);
    ck_assert(IS("core.unavailable"));
    item_delete(w, 0);
    item_change(w, 5, NULL, "later");
    deliver_next(w, UINT32_MAX);
    w->cut = false;
    w->on_page = NULL;
    uint32_t n = 0;
    ck_assert_int_eq(m_replica_tend(w->replica, w->call, w->bound.uow, &n), M_OK);
    ck_assert_uint_eq(n, 3); /* also the things, never filled, and far.other, to be asked for */
    ck_assert(same(w, ITEM));
    ck_assert_int_eq(m_replica_tend(w->replica, w->call, w->bound.uow, &n), M_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

static void fill_inside(world *at)
{
    m_replica_filled result;
    at->on_page = NULL;
    ck_assert_int_eq(fill(at, ITEM, &result), M_OK);
}

START_TEST(the_later_fill_wins)
{
    item_new(w, 1, "A");
    m_replica_filled result;
    w->on_page = fill_inside;
    ck_assert_int_eq(fill(w, ITEM, &result), M_CONFLICT);
    ck_assert(IS("core.replica.overtaken"));
    ck_assert(same(w, ITEM));
}
END_TEST

START_TEST(only_what_is_kept_can_be_filled)
{
    m_replica_filled result;
    m_replica_verdict verdict;
    ck_assert_int_eq(fill(w, "near.note", &result), M_NOT_FOUND);
    ck_assert(IS("core.replica.unknown"));
    ck_assert_int_eq(m_replica_compare(w->replica, w->call, w->bound.uow, "goods.other", &verdict),
                     M_NOT_FOUND);
    ck_assert_int_eq(fill(w, "far.other", &result), M_OK); /* not shared: asked from now on */
    ck_assert_int_eq(m_replica_compare(w->replica, w->call, w->bound.uow, "far.other", &verdict),
                     M_NOT_FOUND);
    ck_assert(IS("core.share.none"));
}
END_TEST

/* ---- links ---- */

static const char *id_text(m_id id)
{
    char text[M_ID_TEXT];
    m_id_format(id, text);
    return m_arena_printf(w->call->arena, "%s", text);
}

static const char *note_of(const char *member, m_id id)
{
    return m_arena_printf(w->call->arena, "{\"%s\":\"%s\"}", member, id_text(id));
}

static bool wrong(const char *path)
{
    const m_error *e = &w->call->error;
    for (uint32_t i = 0; i < e->field_count; i++)
        if (m_str_is(e->fields[i].path, path))
            return m_str_is(e->fields[i].code, "core.link.not_found");
    return false;
}

START_TEST(links_are_checked_over_copies)
{
    item_new(w, 1, "A");
    thing_new(w, 1, "T");
    deliver_next(w, 2);
    uint32_t asked = w->asked;
    ck_assert_int_eq(note_new(w, note_of("item", item_id(1))), M_OK);
    ck_assert_int_eq(note_new(w, note_of("thing", item_id(1))), M_OK);
    ck_assert_uint_eq(w->asked, asked);
    ck_assert_int_eq(note_new(w, note_of("item", item_id(2))), M_INVALID);
    ck_assert(IS("core.validation") && wrong("item"));
    ck_assert_uint_eq(w->asked, asked);
    ck_assert_int_eq(note_new(w, note_of("thing", item_id(2))), M_INVALID);
    ck_assert(IS("core.validation") && wrong("thing"));
    ck_assert_uint_eq(w->asked, asked + 1); /* it might have been made a moment ago */
    thing_new(w, 2, "U");
    ck_assert_int_eq(note_new(w, note_of("thing", item_id(2))), M_OK);
}
END_TEST

START_TEST(links_to_what_is_not_shared_are_asked_for)
{
    other_new(w, 1);
    ck_assert_int_eq(note_new(w, note_of("other", item_id(1))), M_OK);
    ck_assert_int_eq(note_new(w, note_of("other", item_id(2))), M_INVALID);
    ck_assert(wrong("other"));
    w->cut = true;
    ck_assert_int_eq(note_new(w, note_of("other", item_id(1))), M_UNAVAILABLE);
    ck_assert(IS("core.unavailable"));
}
END_TEST

START_TEST(all_wrong_links_are_told_at_once)
{
    item_new(w, 1, "A");
    deliver_next(w, 1);
    uint32_t asked = w->asked;
    const char *body = m_arena_printf(
        w->call->arena,
        "{\"thing\":\"%s\",\"item\":\"%s\",\"other\":\"%s\",\"lines\":[{\"item\":\"%s\"},"
        "{\"item\":\"%s\",\"thing\":\"%s\"}]}",
        id_text(item_id(7)), id_text(item_id(8)), id_text(item_id(9)), id_text(item_id(1)),
        id_text(item_id(8)), id_text(item_id(7)));
    ck_assert_int_eq(note_new(w, body), M_INVALID);
    static const char *const paths[] = {"thing", "item", "other", "lines[1].item",
                                        "lines[1].thing"};
    ck_assert_uint_eq(w->call->error.field_count, UNIT_COUNT(paths));
    for (size_t i = 0; i < UNIT_COUNT(paths); i++)
        ck_assert(
            m_str_is(w->call->error.fields[i].path, paths[i])); /* in the order of the fields */
    ck_assert_uint_eq(w->asked, asked + 2);
}
END_TEST

START_TEST(a_document_of_another_tenant_is_not_there)
{
    item_new(w, 1, "A");
    thing_new(w, 1, "T");
    other_new(w, 1);
    deliver_next(w, 2);
    w->call->tenant = test_id(7);
    ck_assert_int_eq(note_new(w, note_of("item", item_id(1))), M_INVALID);
    ck_assert_int_eq(note_new(w, note_of("thing", item_id(1))), M_INVALID);
    ck_assert_int_eq(note_new(w, note_of("other", item_id(1))), M_INVALID);
    ck_assert(wrong("other"));
}
END_TEST

START_TEST(copies_are_only_read)
{
    item_new(w, 1, "A");
    deliver_next(w, 1);
    m_document_request in = {.module = M_STR("goods"),
                             .collection = M_STR("items"),
                             .id = item_id(1),
                             .if_version = 1,
                             .action = M_STR("close"),
                             .body = M_STR("{\"name\":\"x\"}")};
    m_document_reply reply;
    keeper_begin(w);
    ck_assert_int_eq(m_documents_get(w->documents, w->call, &in, &reply), M_OK);
    ck_assert_ptr_nonnull(memmem(reply.body.p, reply.body.n, "\"_actions\":[]", 13));
    ck_assert_int_eq(m_documents_update(w->documents, w->call, &in, &reply), M_PRECONDITION);
    ck_assert(IS("core.document.owned_elsewhere"));
    ck_assert_int_eq(m_documents_remove(w->documents, w->call, &in, &reply), M_PRECONDITION);
    ck_assert_int_eq(m_documents_act(w->documents, w->call, &in, &reply), M_PRECONDITION);
    in.action = (m_str){NULL, 0};
    ck_assert_int_eq(m_documents_create(w->documents, w->call, &in, &reply), M_PRECONDITION);
    ck_assert(IS("core.document.owned_elsewhere"));
    keeper_end(w);
}
END_TEST

/* ---- tenants ---- */

START_TEST(a_tenant_is_welcomed_once)
{
    item_new(w, 1, "A");
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
    ck_assert_uint_eq(w->seeds, 1); /* the seed found the copy */
    uint32_t asked = w->asked;
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
    ck_assert_uint_eq(w->seeds, 1);
    ck_assert_uint_eq(w->asked, asked);
    ck_assert_ptr_nonnull(copy_of(w, 1));
}
END_TEST

START_TEST(without_the_owner_nobody_is_welcomed)
{
    item_new(w, 1, "A");
    w->cut = true;
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_UNAVAILABLE);
    ck_assert_uint_eq(w->seeds, 0);
    w->cut = false;
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
    ck_assert_uint_eq(w->seeds, 1);
    w->call->tenant = test_id(7); /* has no item: its seed fails, and leaves nothing */
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_NOT_FOUND);
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_NOT_FOUND);
    ck_assert_uint_eq(w->seeds, 1);
}
END_TEST

static void welcome_inside(world *at)
{
    at->on_page = NULL;
    ck_assert_int_eq(m_replica_welcome(at->replica, at->call, at->bound.uow), M_AGAIN);
    ck_assert(IS("core.replica.busy"));
}

START_TEST(two_processes_do_not_fill_at_once)
{
    item_new(w, 1, "A");
    w->on_page = welcome_inside;
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
    ck_assert_uint_eq(w->seeds, 1);
}
END_TEST

START_TEST(filling_anew_keeps_nobody_waiting)
{
    item_new(w, 1, "A");
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
    m_replica_filled result;
    w->on_page = cut_it;
    w->page_limit = 1;
    item_new(w, 2, "B");
    ck_assert_int_eq(fill(w, ITEM, &result), M_UNAVAILABLE);
    ck_assert_int_eq(m_replica_welcome(w->replica, w->call, w->bound.uow), M_OK);
}
END_TEST

START_TEST(a_consumer_begins_where_the_copies_do)
{
    int64_t seq = -1;
    m_id last;
    item_new(w, 1, "A");
    item_new(w, 2, "B");
    keeper_begin(w);
    ck_assert_int_eq(m_replica_floor(w->replica, w->call, M_STR("goods"), &seq, &last), M_OK);
    keeper_end(w);
    ck_assert_int_eq(seq, 0);
    filled(ITEM);
    item_new(w, 3, "C");
    keeper_begin(w);
    ck_assert_int_eq(m_replica_floor(w->replica, w->call, M_STR("goods"), &seq, &last), M_OK);
    keeper_end(w);
    ck_assert_int_eq(seq, 2);
    ck_assert(m_id_eq(last, test_id(2)));
}
END_TEST

/* ---- who points to it ---- */

START_TEST(the_keeper_says_what_points_to_an_item)
{
    item_new(w, 1, "A");
    item_new(w, 2, "B");
    deliver_next(w, 2);
    ck_assert_int_eq(note_new(w, m_arena_printf(w->call->arena, "{\"lines\":[{\"item\":\"%s\"}]}",
                                                id_text(item_id(1)))),
                     M_OK);
    m_share_server server = {.registry = w->registry, .store = w->bound.store};
    m_sharing sharing = m_share_serve(&server);
    m_share_reference out;
    m_share_document in = {.type = M_STR(ITEM), .id = item_id(1)};
    keeper_begin(w);
    ck_assert_int_eq(m_sharing_reference(sharing, w->call, &in, &out), M_OK);
    ck_assert(m_str_is(out.label, "note"));
    in.id = item_id(2);
    ck_assert_int_eq(m_sharing_reference(sharing, w->call, &in, &out), M_OK);
    ck_assert_uint_eq(out.label.n, 0);
    /* it speaks for what it owns only */
    m_share_ids ids = {.type = M_STR(ITEM)};
    m_ids found;
    ck_assert_int_eq(m_sharing_exist(sharing, w->call, &ids, &found), M_NOT_FOUND);
    keeper_end(w);
}
END_TEST

/* ---- marks ---- */

START_TEST(marks_are_read_and_written)
{
    m_marks marks;
    ck_assert_int_eq(m_marks_read(w->call, M_STR(" core=42, finance=7"), &marks), M_OK);
    ck_assert_uint_eq(marks.count, 2);
    ck_assert_int_eq(m_marks_of(&marks, M_STR("finance")), 7);
    ck_assert_int_eq(m_marks_of(&marks, M_STR("wms")), 0);
    ck_assert(m_str_is(m_marks_write(w->call->arena, &marks), "core=42,finance=7"));
    ck_assert_int_eq(m_marks_read(w->call, M_STR(""), &marks), M_OK);
    ck_assert_uint_eq(marks.count, 0);
    static const char *const bad[] = {"core",
                                      "core=",
                                      "=4",
                                      "core=x",
                                      "core=-1",
                                      "core=1,core=2",
                                      "a=1,,",
                                      "core=99999999999999999999",
                                      "a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1"};
    for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
        ck_assert_msg(m_marks_read(w->call, m_str_of(bad[i]), &marks) == M_INVALID, "%s", bad[i]);
        ck_assert(IS("core.marks.form"));
    }
}
END_TEST

START_TEST(what_is_behind_is_caught_up)
{
    m_marks wanted, have;
    m_mark from[M_MARKS_MAX];
    ck_assert_int_eq(m_marks_read(w->call, M_STR("core=42,finance=7,wms=3"), &wanted), M_OK);
    ck_assert_int_eq(m_marks_read(w->call, M_STR("core=40,finance=9"), &have), M_OK);
    ck_assert_uint_eq(m_replica_require(&wanted, &have, "wms", from), 1);
    ck_assert(m_str_is(from[0].producer, "core"));
    ck_assert_int_eq(from[0].seq, 40);
    ck_assert_uint_eq(m_replica_require(&wanted, &have, "people", from), 2);
    ck_assert_int_eq(m_marks_lag(&wanted, &have), 2);
}
END_TEST

int main(void)
{
    TCase *events = tcase_create("replica");
    bind_start(world_types);
    tcase_set_timeout(events, 200);
    tcase_add_checked_fixture(events, set_up, tear_down);
    tcase_add_test(events, a_copy_follows_its_owner);
    tcase_add_test(events, what_is_secret_or_not_shared_never_leaves);
    tcase_add_test(events, twice_is_once);
    tcase_add_test(events, newer_news_are_not_undone);
    tcase_add_test(events, others_events_are_passed_over);
    tcase_add_test(events, an_event_that_names_two_documents_is_refused);
    tcase_add_test(events, tenants_are_apart);
    tcase_add_test(events, a_fill_brings_all_pages);
    tcase_add_test(events, events_from_before_a_fill_add_nothing);
    tcase_add_test(events, a_fill_puts_right_what_went_wrong);
    tcase_add_test(events, an_owner_set_back_is_followed);
    tcase_add_test(events, long_documents_come_whole);
    tcase_add_test(events, filled_while_changes_go_on);
    tcase_add_test(events, a_late_page_brings_nothing_back);
    tcase_add_test(events, a_late_page_takes_nothing_away);
    tcase_add_test(events, broken_off_is_run_again);
    tcase_add_test(events, the_later_fill_wins);
    tcase_add_test(events, only_what_is_kept_can_be_filled);
    tcase_add_test(events, links_are_checked_over_copies);
    tcase_add_test(events, links_to_what_is_not_shared_are_asked_for);
    tcase_add_test(events, all_wrong_links_are_told_at_once);
    tcase_add_test(events, a_document_of_another_tenant_is_not_there);
    tcase_add_test(events, copies_are_only_read);
    tcase_add_test(events, a_tenant_is_welcomed_once);
    tcase_add_test(events, without_the_owner_nobody_is_welcomed);
    tcase_add_test(events, two_processes_do_not_fill_at_once);
    tcase_add_test(events, filling_anew_keeps_nobody_waiting);
    tcase_add_test(events, a_consumer_begins_where_the_copies_do);
    tcase_add_test(events, the_keeper_says_what_points_to_an_item);
    tcase_add_test(events, marks_are_read_and_written);
    tcase_add_test(events, what_is_behind_is_caught_up);
    int status = unit_run(events, "replica");
    bind_stop();
    return status;
}
