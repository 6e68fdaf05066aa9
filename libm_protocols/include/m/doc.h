/* Documents: records with identity, version, state, permissions and a life cycle; all of it data.
 */
#ifndef M_DOC_H
#define M_DOC_H

#include "m/field.h"

/* What every document has. A document struct starts with the member list M_DOC; so &po->doc and the
 * plain members (po->id, po->state) are the same memory. */
#define M_DOC_MEMBERS                                                                              \
    m_id id;                                                                                       \
    int64_t version; /* 1 after creation, +1 with every write */                                   \
    m_str number;    /* "GRN-2026-00017", given at submit; masters: their code */                  \
    m_enum state;    /* index into the type's states; 0 is the first state */                      \
    m_id created_by;                                                                               \
    m_time created_at;                                                                             \
    m_id modified_by;                                                                              \
    m_time modified_at;                                                                            \
    m_id amended_from /* the cancelled document this one corrects */

typedef struct {
    M_DOC_MEMBERS;
} m_doc;

#define M_DOC                                                                                      \
    union {                                                                                        \
        m_doc doc;                                                                                 \
        struct {                                                                                   \
            M_DOC_MEMBERS;                                                                         \
        };                                                                                         \
    }

/* The first entries of a document's field table. state_names: NULL-terminated list. */
#define M_DOC_FIELDS(S, state_names)                                                               \
    M_F_ID(S, id, "Id", .flags = M_READONLY | M_HIDDEN),                                           \
        M_F_INT(S, version, "Version", .flags = M_READONLY | M_HIDDEN),                            \
        M_F_STR(S, number, "Number", .flags = M_READONLY | M_UNIQUE),                              \
        M_F_ENUM(S, state, "State", state_names, .flags = M_READONLY),                             \
        M_F_ID(S, created_by, "Created by", .flags = M_READONLY | M_HIDDEN),                       \
        M_F_TIME(S, created_at, "Created at", .flags = M_READONLY | M_HIDDEN),                     \
        M_F_ID(S, modified_by, "Modified by", .flags = M_READONLY | M_HIDDEN),                     \
        M_F_TIME(S, modified_at, "Modified at", .flags = M_READONLY | M_HIDDEN),                   \
        M_F_ID(S, amended_from, "Amended from", .flags = M_READONLY | M_HIDDEN | M_UNIQUE)

enum {
    M_CAN_READ = 1 << 0,
    M_CAN_CREATE = 1 << 1,
    M_CAN_WRITE = 1 << 2,
    M_CAN_DELETE = 1 << 3,
    M_CAN_SUBMIT = 1 << 4,
    M_CAN_CANCEL = 1 << 5,
    M_CAN_AMEND = 1 << 6,
    M_CAN_IMPORT = 1 << 7,
    M_CAN_DRAFT = M_CAN_READ | M_CAN_CREATE | M_CAN_WRITE | M_CAN_DELETE,
    M_CAN_ALL = 0xff
};

/* Role × actions; a list ends with a NULL role. The role "Administrator" may do everything
 * everywhere. */
typedef struct {
    const char *role;
    uint32_t can;
} m_permission;

/* ---- life cycle ---- */

enum {
    M_MOVE_NUMBER = 1 << 0,  /* gives the document its number when it has none */
    M_MOVE_PRIMARY = 1 << 1, /* the button a form shows first */
    M_MOVE_INTERNAL = 1 << 2 /* made by other use cases only; not offered by the API */
};

/* One allowed move. Lists end with a NULL action. */
typedef struct {
    const char *action; /* "submit" */
    const char *label;  /* "Submit" */
    const char *from;   /* states, comma-separated: "submitted,partially_received" */
    const char *to;     /* state afterwards; NULL: the effect sets doc->state */
    uint32_t can;       /* needed permission, M_CAN_… */
    uint32_t flags;
    const m_type *input; /* what the action's body holds; NULL: no body */
    /* What happens. doc is a private copy the effect may change; it is stored afterwards, with the
     * new state and version. module is the owning module's instance. May be NULL. */
    m_status (*effect)(void *module, m_call *call, void *doc, const void *input);
} m_move;

typedef struct {
    const char *const *states; /* NULL-terminated; [0] is where a new document starts */
    const char *editable; /* states in which fields may change and the document may be deleted */
    const m_move *moves;
} m_lifecycle;

/* The two moves of m_states_submittable: a draft is submitted and numbered, what was submitted is
 * cancelled. */
#define M_MOVE_SUBMIT(fn)                                                                          \
    {                                                                                              \
        .action = "submit", .label = "Submit", .from = "draft", .to = "submitted",                 \
        .can = M_CAN_SUBMIT, .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY, .effect = (fn)               \
    }
#define M_MOVE_CANCEL(in, fn)                                                                      \
    {                                                                                              \
        .action = "cancel", .label = "Cancel", .from = "submitted", .to = "cancelled",             \
        .can = M_CAN_CANCEL, .input = (in), .effect = (fn)                                         \
    }

/* For documents without a life cycle (masters): one state, always editable. */
extern const char *const m_states_active[];      /* "active" */
extern const char *const m_states_submittable[]; /* "draft", "submitted", "cancelled" */
enum { M_DRAFT = 0, M_SUBMITTED = 1, M_CANCELLED = 2 };

typedef struct m_doctype {
    const m_type *type;     /* type->name is the document type's name: "wms.purchase_order" */
    const char *module;     /* "wms" */
    const char *collection; /* "purchase-orders" */
    const char *label;      /* "Purchase order" */
    const char *label_plural;
    const char *group;       /* menu group in the Desk */
    const char *series;      /* number prefix "PO": {series}-{FY}-{#####}; NULL: none */
    const char *series_date; /* date field that decides the fiscal year */
    const char
        *code_field; /* masters: the user-given unique code, copied to `number`; NULL: none */
    const m_lifecycle *life; /* NULL: master data */
    const m_permission *permissions;
    const char *list_columns;  /* comma-separated names */
    const char *search_fields; /* comma-separated names of text fields */
    const char *title_field;   /* what names the document for people */
    /* Derive and check, on every create and update and again before a move of state 0. Fills
     * derived fields; notes wrong fields; reads other data through module's protocols. before: as
     * stored, NULL at creation. May be NULL. */
    m_status (*check)(void *module, m_call *call, void *doc, const void *before);
    /* Called before a document is deleted. May be NULL. */
    m_status (*on_delete)(void *module, m_call *call, const void *doc);
} m_doctype;

/* Index of the state, −1 when unknown. */
int m_state_index(const char *const *states, m_str name);
/* Is `word` one of the comma-separated words of list? */
bool m_words_have(const char *list, m_str word);
/* The move, or NULL when the life cycle has no such action. */
const m_move *m_lifecycle_find(const m_lifecycle *life, m_str action);
/* May the move be made from this state? */
bool m_move_allowed(const m_lifecycle *life, const m_move *move, m_enum state);
bool m_lifecycle_editable(const m_lifecycle *life, m_enum state);
/* Does one of the call's roles carry the right by this list? `system` calls may do all. */
bool m_permitted(const m_call *call, const m_permission *permissions, uint32_t can);
/* Does one of the call's roles carry the right? `system` calls may do all. */
bool m_may(const m_call *call, const m_doctype *doctype, uint32_t can);

#endif
