/*
 * Writing: shapes of a plan as JSON, streamed. See run.h.
 *
 * An object is written in the hope that one of its reading leaves is there; when none was, the
 * buffer is cut back to where it began. So nothing is built first and nothing looked up twice.
 */
#include "plan/run.h"

struct mark {
    size_t n;
    bool comma;
};

static struct mark mark(const struct json_writer *w)
{
    return (struct mark){w->out->n, w->comma};
}

static void cut_back(struct json_writer *w, struct mark to)
{
    buf_cut(w->out, to.n);
    w->comma = to.comma;
}

/*
 * A key and a value that are both ready: one look at the buffer, two short copies. A key is
 * copied with the room behind it (KEY_ROOM), which costs no look at its length.
 */
static inline void put_pair(struct json_writer *w, struct str key, struct str json)
{
    struct buf *out = w->out;
    if (out->room - out->n < 2 * KEY_ROOM + 1 || key.n > KEY_ROOM || json.n > KEY_ROOM ||
        out->failed) {
        json_put_key_raw(w, key);
        json_put_raw(w, json);
        return;
    }
    char *p = out->p + out->n;
    *p = ',';
    p += w->comma;
    memcpy(p, key.p, KEY_ROOM);
    str_copy_short(p + key.n, json.p, json.n);
    out->n = (size_t)(p + key.n + json.n - out->p);
    w->comma = true;
}

static inline void put_leaf(struct plan_run *run, const struct shape *shape,
                            const struct value *value, struct json_writer *w)
{
    if (value_is_ready(value)) {
        put_pair(w, shape->key, str_of(value->p, value->n));
        return;
    }
    json_put_key_raw(w, shape->key);
    value_write(run, value, w);
}

/* The value of a leaf with words, as a member. */
static bool put_words(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    struct value value;
    expression_into(run, &shape->of, &value);
    if (!value_there(&value))
        return false;
    put_leaf(run, shape, &value, w);
    return true;
}

/* A leaf with one word, most of which are quickly said. Whether it is there. */
static inline bool put_quick(struct plan_run *run, const struct shape *shape,
                             const struct value *value, struct json_writer *w)
{
    struct str json = shape->constant.json;
    const struct use *use = shape->of.uses;
    if (value_there(value)) {
        if (value_is_list(value) || !use->word->quick(use, value, &json))
            return put_words(run, shape, w);
    } else if (!json.p) {
        return false;
    }
    put_pair(w, shape->key, json);
    return true;
}

static bool put_other(struct plan_run *run, const struct shape *member, struct json_writer *w)
{
    struct mark before = mark(w);
    json_put_key_raw(w, member->key);
    enum written written = shape_write(run, member, w);
    if (written == LEFT_OUT)
        cut_back(w, before);
    return written == WRITTEN;
}

/* Whether something that was read was there. */
static bool write_members(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    bool any = false;
    const struct shape *member = shape->members, *end = member + shape->count;
    for (; member < end; member++) {
        const struct value *value = &run->slots[member->slot];
        switch (member->form) {
        case LEAF_PATH:
            if (!value_there(value))
                break;
            put_leaf(run, member, value, w);
            any = true;
            break;
        case LEAF_PATH_OR_ELSE:
            if (value_there(value))
                put_leaf(run, member, value, w);
            else
                put_pair(w, member->key, member->constant.json);
            any = true;
            break;
        case LEAF_QUICK:
            any |= put_quick(run, member, value, w);
            break;
        case LEAF_CONSTANT:
            put_pair(w, member->key, member->constant.json);
            break;
        case LEAF_WORDS:
            any |= put_words(run, member, w) && member->reads;
            break;
        case NO_LEAF:
            any |= put_other(run, member, w);
            break;
        }
    }
    return any;
}

static enum written write_object(struct plan_run *run, const struct shape *shape,
                                 struct json_writer *w)
{
    struct mark before = mark(w);
    json_open_object(w);
    bool any = write_members(run, shape, w);
    if (shape->reads && !any) {
        cut_back(w, before);
        return LEFT_OUT;
    }
    json_close_object(w);
    return any ? WRITTEN : CONSTANT;
}

static enum written write_list(struct plan_run *run, const struct shape *shape,
                               struct json_writer *w)
{
    struct mark before = mark(w);
    bool any = false;
    json_open_array(w);
    for (size_t i = 0; i < shape->count; i++)
        any |= shape_write(run, &shape->members[i], w) == WRITTEN;
    if (shape->reads && !any) {
        cut_back(w, before);
        return LEFT_OUT;
    }
    json_close_array(w);
    return any ? WRITTEN : CONSTANT;
}

size_t sources_read(struct plan_run *run, const struct shape *shape,
                    struct value lists[SHAPE_SOURCES])
{
    size_t count = 0;
    for (size_t i = 0; i < shape->source_count; i++) {
        const struct expression *source = &shape->sources[i];
        struct value *list = &lists[count];
        *list = expression_read(run, source);
        if (value_is_list(list))
            count++;
        else if (value_there(list))
            run_fault(run, &source->from, "expected a list, found %s",
                      json_type_name(value_type(list)));
    }
    return count;
}

static void write_elements(struct plan_run *run, const struct shape *shape,
                           const struct value *list, struct json_writer *w)
{
    struct value item;
    struct elements elements = value_elements(list);
    size_t outer = elements.answers ? run->calls[elements.call].current : 0;
    while (elements_next(run, &elements, &item)) {
        if (elements.answers)
            element_enter(run, elements.call, elements.index - 1);
        scope_enter(run, &shape->scope, item);
        if (condition_holds(run, &shape->when))
            shape_write(run, shape->members, w);
    }
    if (elements.answers)
        element_enter(run, elements.call, outer);
}

static enum written write_each(struct plan_run *run, const struct shape *shape,
                               struct json_writer *w)
{
    struct value lists[SHAPE_SOURCES];
    size_t count = sources_read(run, shape, lists);
    if (!count)
        return LEFT_OUT;
    json_open_array(w);
    for (size_t i = 0; i < count; i++)
        write_elements(run, shape, &lists[i], w);
    json_close_array(w);
    return WRITTEN;
}

/* ---- one object ---- */

/* Enters the object of `in`; false when it is absent. */
static bool enter_object(struct plan_run *run, const struct shape *shape)
{
    struct value value = expression_read(run, &shape->of);
    if (!value_there(&value))
        return false;
    if (value_type(&value) != JSON_OBJECT) {
        run_fault(run, &shape->of.from, "expected an object, found %s",
                  json_type_name(value_type(&value)));
        return false;
    }
    scope_enter(run, &shape->scope, value);
    return true;
}

/* ---- choices ---- */

static enum written write_choice(struct plan_run *run, const struct shape *shape,
                                 struct json_writer *w)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *alternative = &shape->members[i], *made = alternative->members;
        if (!condition_holds(run, &alternative->when))
            continue;
        return shape_is_null(made) ? LEFT_OUT : shape_write(run, made, w);
    }
    return LEFT_OUT;
}

static enum written write_leaf(struct plan_run *run, const struct shape *shape,
                               struct json_writer *w)
{
    struct value value = expression_read(run, &shape->of);
    if (!value_there(&value))
        return LEFT_OUT;
    value_write(run, &value, w);
    return shape->reads ? WRITTEN : CONSTANT;
}

enum written shape_write(struct plan_run *run, const struct shape *shape, struct json_writer *w)
{
    switch (shape->kind) {
    case SHAPE_LEAF:
        return write_leaf(run, shape, w);
    case SHAPE_CONSTANT:
        json_put_raw(w, shape->constant.json);
        return CONSTANT;
    case SHAPE_OBJECT:
        return write_object(run, shape, w);
    case SHAPE_LIST:
        return write_list(run, shape, w);
    case SHAPE_EACH:
        return write_each(run, shape, w);
    case SHAPE_GROUP:
        return group_write(run, shape, w);
    case SHAPE_IN:
        return enter_object(run, shape) ? shape_write(run, shape->members, w) : LEFT_OUT;
    case SHAPE_FLAT:
        return flat_write(run, shape, w);
    case SHAPE_PACKED:
        return packed_write(run, shape, w);
    case SHAPE_CHOOSE:
        return write_choice(run, shape, w);
    case SHAPE_ROWS:
        return rows_write(run, shape, w);
    case SHAPE_ALTERNATIVE:
    case SHAPE_ROW:
        break; /* never stand alone */
    }
    return LEFT_OUT;
}

/* The object that a choice, or what is inside of one object, comes down to, or NULL. */
static const struct shape *chosen_object(struct plan_run *run, const struct shape *shape)
{
    while (shape && (shape->kind == SHAPE_CHOOSE || shape->kind == SHAPE_IN)) {
        const struct shape *found = NULL;
        if (shape->kind == SHAPE_IN && enter_object(run, shape))
            found = shape->members;
        for (size_t i = 0; shape->kind == SHAPE_CHOOSE && i < shape->count && !found; i++)
            if (condition_holds(run, &shape->members[i].when))
                found = shape->members[i].members;
        shape = found;
    }
    return shape && shape->kind == SHAPE_OBJECT ? shape : NULL;
}

void shape_write_whole(struct plan_run *run, const struct shape *shape, struct json_writer *w,
                       shape_finish *finish, void *ctx)
{
    shape = chosen_object(run, shape);
    json_open_object(w);
    if (shape)
        write_members(run, shape, w);
    if (finish)
        finish(run, ctx, w);
    json_close_object(w);
}
