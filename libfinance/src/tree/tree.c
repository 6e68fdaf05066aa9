#include "tree/tree.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(((const fin_slot *)a)->id, ((const fin_slot *)b)->id);
}

uint32_t fin_tree_find(const fin_tree *tree, m_id id)
{
    uint32_t low = 0;
    uint32_t high = tree->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = m_id_cmp(tree->slots[middle].id, id);
        if (order == 0) return tree->slots[middle].at;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return tree->count;
}

bool fin_tree_under(const fin_tree *tree, uint32_t node, uint32_t top)
{
    while (node != tree->count && node != top)
        node = tree->parent[node];
    return node == top && node != tree->count;
}

/* Lists of children, one after the other in `next`; index count heads the roots. */
typedef struct {
    uint32_t *first;
    uint32_t *next;
} kin_lists;

static uint32_t walk(fin_tree *tree, const kin_lists *kin)
{
    uint32_t none = tree->count;
    uint32_t done = 0;
    uint32_t at = kin->first[none];
    while (at != none) {
        uint32_t up = tree->parent[at];
        tree->level[at] = up == none ? 0 : tree->level[up] + 1;
        tree->order[done++] = at;
        if (kin->first[at] != none) {
            at = kin->first[at];
            continue;
        }
        while (at != none && kin->next[at] == none)
            at = tree->parent[at];
        if (at != none) at = kin->next[at];
    }
    return done;
}

m_status fin_tree_make(m_arena *arena, const fin_node *nodes, uint32_t count, fin_tree *out)
{
    size_t n = count;
    fin_tree tree = {.count = count,
                     .slots = m_arena_array(arena, n, sizeof(fin_slot)),
                     .parent = m_arena_array(arena, n, sizeof(uint32_t)),
                     .level = m_arena_array(arena, n, sizeof(uint32_t)),
                     .order = m_arena_array(arena, n, sizeof(uint32_t))};
    kin_lists kin = {m_arena_array(arena, n + 1, sizeof(uint32_t)),
                     m_arena_array(arena, n + 1, sizeof(uint32_t))};
    if (!tree.slots || !tree.parent || !tree.level || !tree.order || !kin.first || !kin.next)
        return M_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        tree.slots[i] = (fin_slot){nodes[i].id, i};
    if (count) qsort(tree.slots, count, sizeof *tree.slots, by_id);
    for (uint32_t i = 0; i <= count; i++)
        kin.first[i] = count;
    for (uint32_t i = count; i-- > 0;) { /* backwards: the first child ends in front */
        bool has_parent = !m_id_is_null(nodes[i].parent);
        uint32_t up = has_parent ? fin_tree_find(&tree, nodes[i].parent) : count;
        tree.parent[i] = up;
        kin.next[i] = kin.first[up];
        kin.first[up] = i;
    }
    if (walk(&tree, &kin) != count) return M_INVALID;
    *out = tree;
    return M_OK;
}
