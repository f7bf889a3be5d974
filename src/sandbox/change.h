/*
 * Changes of records, between the files that make them: which records (change.c), what happens
 * to them and to related ones (effect.c), the values that are set (setting.c).
 */
#ifndef SHOPSHIM_SANDBOX_CHANGE_H
#define SHOPSHIM_SANDBOX_CHANGE_H

#include "sandbox/visit.h"

/* A webhook to be told when the call has succeeded. */
struct notice {
    struct notice *next;
    int64_t type;
    struct str data; /* JSON */
};

/* Computes all fields of the record's change from what it was, then stores them. */
bool setting_make(struct visit *visit, const struct effect *effect, struct record *record,
                  struct value item);

/* Whether the record has all elements that `item` names; refuses otherwise. */
bool setting_elements_known(struct visit *visit, struct record *record, struct value item);

/* The JSON of a value in the visit's arena; absent when it is too large. */
struct str setting_json(struct visit *visit, struct value value);

/* Changes a record, tells of it, and goes on to related ones. */
bool effect_apply(struct visit *visit, const struct effect *effect, uint64_t index,
                  struct value item);

/* The same with a new record, or the one that the effect reuses; `scope` is for `reuse`. */
bool effect_create(struct visit *visit, const struct effect *effect, struct place *scope,
                   struct value item, uint64_t *index);

#endif
