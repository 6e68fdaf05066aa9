#include "m/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

/* Under the address sanitizer a gap lies behind every piece and unused memory is poisoned, so that
 * it reports reads past a piece as it would with malloc. */
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define GUARD      ((size_t)16)
#define HIDE(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define GUARD      ((size_t)0)
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

#define ALIGNMENT     ((size_t)16)
#define DEFAULT_LIMIT ((size_t)64 << 20)
#define FIRST_BLOCK   ((size_t)16 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20)

typedef struct block {
    struct block *older;
    size_t size;
    size_t used;
    size_t unused_; /* keeps what follows aligned */
} block;
_Static_assert(sizeof(block) % 16 == 0, "memory behind a block header must be aligned");

typedef struct cleanup {
    struct cleanup *older;
    void (*fn)(void *);
    void *arg;
} cleanup;

struct m_arena {
    block *newest;
    cleanup *cleanups;
    size_t limit;
    size_t total;
    size_t fail_in;
};

static size_t align_up(size_t n)
{
    return (n + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static char *block_bytes(block *b)
{
    return (char *)(b + 1);
}

static block *block_new(size_t size, block *older)
{
    block *b = malloc(sizeof *b + size);
    if (!b) return NULL;
    *b = (block){.older = older, .size = size};
    HIDE(block_bytes(b), size);
    return b;
}

static void block_free(block *b)
{
    SHOW(block_bytes(b), b->size);
    free(b);
}

m_arena *m_arena_new(size_t limit_bytes)
{
    size_t limit = limit_bytes ? limit_bytes : DEFAULT_LIMIT;
    if (limit > SIZE_MAX / 4) limit = SIZE_MAX / 4;
    limit = align_up(limit);
    m_arena *arena = calloc(1, sizeof *arena);
    if (!arena) return NULL;
    arena->limit = limit;
    arena->newest = block_new(limit < FIRST_BLOCK ? limit + GUARD : FIRST_BLOCK, NULL);
    if (!arena->newest) {
        free(arena);
        return NULL;
    }
    return arena;
}

void m_arena_reset(m_arena *arena)
{
    while (arena->cleanups) {
        cleanup *c = arena->cleanups;
        arena->cleanups = c->older;
        c->fn(c->arg);
        free(c);
    }
    while (arena->newest->older) {
        block *b = arena->newest;
        arena->newest = b->older;
        block_free(b);
    }
    HIDE(block_bytes(arena->newest), arena->newest->size);
    arena->newest->used = 0;
    arena->total = 0;
}

void m_arena_free(m_arena *arena)
{
    if (!arena) return;
    m_arena_reset(arena);
    block_free(arena->newest);
    free(arena);
}

/* True when a test wants this allocation to fail. */
static bool fails_now(m_arena *arena)
{
    return arena->fail_in && --arena->fail_in == 0;
}

static bool add_block(m_arena *arena, size_t at_least)
{
    size_t size = arena->newest->size * 2;
    if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
    if (size < at_least) size = at_least;
    block *b = block_new(size, arena->newest);
    if (!b) return false;
    arena->newest = b;
    return true;
}

/* Memory that is not zeroed. */
static void *take(m_arena *arena, size_t size)
{
    if (fails_now(arena) || size > arena->limit) return NULL;
    size_t need = align_up(size ? size : 1);
    if (need > arena->limit - arena->total) return NULL;
    block *b = arena->newest;
    if (need + GUARD > b->size - b->used) {
        if (!add_block(arena, need + GUARD)) return NULL;
        b = arena->newest;
    }
    char *p = block_bytes(b) + b->used;
    b->used += need + GUARD;
    arena->total += need;
    SHOW(p, size);
    return p;
}

void *m_arena_alloc(m_arena *arena, size_t size)
{
    void *p = take(arena, size);
    return p ? memset(p, 0, size) : NULL;
}

void *m_arena_array(m_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return m_arena_alloc(arena, bytes);
}

char *m_arena_copy(m_arena *arena, const void *bytes, size_t n)
{
    if (n == SIZE_MAX) return NULL;
    char *p = take(arena, n + 1);
    if (!p) return NULL;
    if (n) memcpy(p, bytes, n);
    p[n] = 0;
    return p;
}

char *m_arena_printf(m_arena *arena, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) return NULL;
    if ((size_t)n < sizeof small) return m_arena_copy(arena, small, (size_t)n);
    char *p = take(arena, (size_t)n + 1);
    if (!p) return NULL;
    va_start(args, format);
    n = vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return n < 0 ? NULL : p;
}

m_status m_arena_on_free(m_arena *arena, void (*fn)(void *), void *arg)
{
    /* Not in the arena itself: m_arena_back must not take it away. */
    cleanup *c = fails_now(arena) ? NULL : malloc(sizeof *c);
    if (!c) return M_NOMEM;
    *c = (cleanup){.older = arena->cleanups, .fn = fn, .arg = arg};
    arena->cleanups = c;
    return M_OK;
}

m_arena_mark m_arena_tell(const m_arena *arena)
{
    return (m_arena_mark){arena->newest, arena->newest->used, arena->total};
}

void m_arena_back(m_arena *arena, m_arena_mark mark)
{
    while (arena->newest != mark.block && arena->newest->older) {
        block *b = arena->newest;
        arena->newest = b->older;
        block_free(b);
    }
    HIDE(block_bytes(arena->newest) + mark.used, arena->newest->size - mark.used);
    arena->newest->used = mark.used;
    arena->total = mark.total;
}

size_t m_arena_used(const m_arena *arena)
{
    return arena->total;
}

void m_arena_fail_nth(m_arena *arena, size_t n)
{
    arena->fail_in = n;
}
