/* Trees by parent link: accounts and cost centers. */
#ifndef FIN_TREE_H
#define FIN_TREE_H

#include "fin.h"

typedef struct {
    m_id id;
    m_id parent; /* null or unknown: a root */
} fin_node;

typedef struct {
    m_id id;
    uint32_t at;
} fin_slot;

/* Nodes are named by their index in the array the tree was made of; `count` stands for none. */
typedef struct {
    uint32_t count;
    fin_slot *slots;  /* sorted by id */
    uint32_t *parent; /* per node */
    uint32_t *level;  /* per node, roots 0 */
    uint32_t *order;  /* depth first, brothers in the order given */
} fin_tree;

/* M_INVALID when some node hangs under itself; M_NOMEM. Pure. */
M_MUST_USE m_status fin_tree_make(m_arena *arena, const fin_node *nodes, uint32_t count,
                                  fin_tree *out);
/* Index of the node, or count. */
uint32_t fin_tree_find(const fin_tree *tree, m_id id);
/* Is `node` the node `top` or below it? */
bool fin_tree_under(const fin_tree *tree, uint32_t node, uint32_t top);

#endif
