/*
 * Uses: where each field of the legacy request goes. See inside.h.
 *
 * Every expression of a table is met once, with words for the place where it stands; whatever
 * of the request it reads gets a note that names the place.
 */
#include "docs/inside.h"

/* Where an expression stands. */
struct stand {
    const char *part; /* "query", "body", "answer", ...; NULL: `words` say it all */
    struct str path;  /* in that part */
    unsigned call;    /* PLAN_CALLS: of none */
    const char *words;
};

static void tell_stand(const struct teller *t, const struct stand *stand, struct buf *out)
{
    bool several = t->plan->call_count > 1 && stand->call < PLAN_CALLS;
    if (stand->part)
        buf_printf(out, "%s", stand->part);
    else
        buf_add_str(out, str_from(stand->words));
    if (stand->path.n)
        buf_printf(out, " `" STR_FMT "`", STR_ARG(stand->path));
    if (several)
        buf_printf(out, " of `" STR_FMT "`", STR_ARG(t->plan->calls[stand->call].public.name));
}

static struct buf new_text(const struct teller *t)
{
    struct buf text;
    buf_init_arena(&text, 65536, t->arena);
    return text;
}

/* What is said before and behind the place. */
struct manner {
    const char *before, *behind;
};

static const struct manner decides = {"decides ", ""}, groups = {"groups ", ""},
                           stands_in = {"", " when nothing else is given"},
                           names_file = {"names the file in ", ""};

static void use_operand(struct teller *t, const struct operand *operand, const struct scene *scene,
                        const struct stand *stand, const struct manner *manner)
{
    struct trail trail = trail_of(t, operand, scene);
    if (trail.origin != FROM_REQUEST)
        return;
    struct buf text = new_text(t);
    buf_add_str(&text, str_from(manner->before));
    tell_stand(t, stand, &text);
    buf_add_str(&text, str_from(manner->behind));
    note_add(t, &t->uses, &(struct note){.path = trail.path, .text = buf_str(&text)});
}

/* The arguments of all words; in a condition everything decides. */
static void use_arguments(struct teller *t, const struct expression *e, const struct scene *scene,
                          const struct stand *stand, bool condition)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct use *use = &e->uses[i];
        bool instead = !condition && strcmp(use->word->name, "or") == 0;
        for (size_t k = 0; k < use->count; k++)
            if (use->word->arguments[k < 3 ? k : 2] == ARGUMENT_OPERAND)
                use_operand(t, &use->arguments[k], scene, stand, instead ? &stands_in : &decides);
    }
}

/* An expression whose value goes to `stand`. */
static void use_value(struct teller *t, const struct expression *e, const struct scene *scene,
                      const struct stand *stand)
{
    struct buf text = new_text(t);
    tell_stand(t, stand, &text);
    struct trail trail = tell_words(t, e, scene, &text);
    if (trail.origin == FROM_REQUEST)
        note_add(t, &t->uses,
                 &(struct note){.path = trail.path, .text = buf_str(&text), .whole = true});
    use_arguments(t, e, scene, stand, false);
}

static void use_condition(struct teller *t, const struct condition *condition,
                          const struct scene *scene, const struct stand *stand)
{
    for (size_t i = 0; i < condition->count; i++) {
        use_operand(t, &condition->all[i].from, scene, stand, &decides);
        use_arguments(t, &condition->all[i], scene, stand, true);
    }
}

/* ---- shapes ---- */

static void use_shape(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct stand *stand);

static void use_members(struct teller *t, const struct shape *shape, const struct scene *scene,
                        const struct stand *stand)
{
    for (size_t i = 0; i < shape->count; i++) {
        struct stand below = *stand;
        below.path = join_path(t->arena, stand->path, shape->members[i].name);
        use_shape(t, &shape->members[i], scene, &below);
    }
}

/* One of the lists that `each` or `group` goes through, with what is made of its elements. */
static void use_list(struct teller *t, const struct shape *shape, const struct expression *of,
                     const struct scene *scene, const struct stand *stand)
{
    struct scene inner = scene_inside(t, of, scene);
    inner.mixed = shape->source_count > 1;
    struct stand below = *stand;
    struct buf text = new_text(t);
    below.path = arena_printf(t->arena, STR_FMT "[]", STR_ARG(stand->path));
    tell_stand(t, &below, &text);
    struct trail trail = trail_of_value(t, of, scene);
    buf_add_str(&text, shape->kind == SHAPE_GROUP ? STR(", grouped") : STR(", one for each"));
    if (trail.origin == FROM_REQUEST)
        note_add(t, &t->uses, &(struct note){.path = trail.path, .text = buf_str(&text)});
    use_arguments(t, of, scene, stand, false);
    use_condition(t, &shape->when, &inner, &below);
    for (size_t i = 0; i < shape->by_count; i++)
        use_operand(t, &shape->by[i].from, &inner, &below, &groups);
    use_shape(t, &shape->members[0], &inner, &below);
}

static void use_shape(struct teller *t, const struct shape *shape, const struct scene *scene,
                      const struct stand *stand)
{
    struct scene inner;
    switch (shape->kind) {
    case SHAPE_LEAF:
        use_value(t, &shape->of, scene, stand);
        return;
    case SHAPE_EACH:
    case SHAPE_GROUP:
        for (size_t i = 0; i < shape->source_count; i++)
            use_list(t, shape, &shape->sources[i], scene, stand);
        return;
    case SHAPE_IN:
        use_arguments(t, &shape->of, scene, stand, false);
        inner = scene_in(t, &shape->of, scene);
        use_shape(t, &shape->members[0], &inner, stand);
        return;
    case SHAPE_ALTERNATIVE:
        use_condition(t, &shape->when, scene, stand);
        break;
    case SHAPE_ROW:
        inner = scene_of_row(t, shape->call, scene);
        use_members(t, shape, &inner, stand);
        return;
    default:
        break;
    }
    use_members(t, shape, scene, stand);
}

/* ---- the parts of a table ---- */

static const struct stand rows_order = {.call = PLAN_CALLS, .words = "the order of rows"};

static void use_call(struct teller *t, unsigned index)
{
    const struct call *call = &t->plan->calls[index];
    struct scene scene = scene_of_call(t, index);
    const struct scene outer = {0};
    struct stand stand = {.part = "path", .call = index};
    for (size_t i = 0; i < call->path_count; i++)
        if (call->path[i].has_expression)
            use_value(t, &call->path[i].expression, &scene, &stand);
    stand.part = "query";
    if (call->query)
        use_shape(t, call->query, &scene, &stand);
    stand.part = "body";
    if (call->body)
        use_shape(t, call->body, &scene, &stand);
    for (size_t i = 0; i < call->form_count; i++) {
        struct stand part = {.part = "form", .path = call->form[i].name, .call = index};
        if (call->form[i].choice)
            use_shape(t, call->form[i].choice, &scene, &part);
        else
            use_value(t, &call->form[i].of, &scene, &part);
        if (call->form[i].has_file_name)
            use_operand(t, &call->form[i].file_name.from, &scene, &part, &names_file);
    }
    for (size_t i = 0; i < call->forgive_count; i++) {
        struct stand answer = {.part = "answer to an error", .call = index};
        use_condition(t, &call->forgive[i].when, &outer, &answer);
        use_shape(t, call->forgive[i].data, &outer, &answer);
    }
    struct str made =
        arena_printf(t->arena, "whether `" STR_FMT "` is called", STR_ARG(call->public.name));
    struct stand whether = {.call = PLAN_CALLS, .words = made.p ? made.p : ""};
    use_condition(t, &call->when, &outer, &whether);
    struct str each =
        arena_printf(t->arena, "`" STR_FMT "` is called for each", STR_ARG(call->public.name));
    struct stand loop = {.call = PLAN_CALLS, .words = each.p ? each.p : ""};
    if (call->public.each)
        use_value(t, &call->each, &outer, &loop);
    struct scene row = scene_of_row(t, index, &outer);
    if (call->order_choice)
        use_shape(t, call->order_choice, &row, &rows_order);
    else if (call->has_order)
        use_arguments(t, &call->order, &row, &rows_order, true);
}

static void use_page_form(struct teller *t, const struct page_form *form)
{
    static const char *const places[] = {
        [PLAN_PAGE_CURSOR] = "where the page begins, from the last answer",
        [PLAN_PAGE_OFFSET] = "how many rows come before the page",
        [PLAN_PAGE_NUMBER] = "the number of the page",
    };
    if (form->style == PLAN_PAGE_NONE)
        return;
    note_add(t, &t->uses,
             &(struct note){.path = form->in->name, .text = str_from(places[form->style])});
    note_add(t, &t->uses, &(struct note){.path = form->size->name, .text = STR("rows of a page")});
}

static void use_pages(struct teller *t)
{
    const struct pages *pages = &t->plan->pages;
    const struct scene outer = {0};
    use_page_form(t, &pages->form);
    use_page_form(t, &pages->other);
    if (pages->has_descending)
        use_condition(t, &pages->descending, &outer, &rows_order);
}

void gather_uses(struct teller *t)
{
    const struct scene outer = {0};
    for (unsigned i = 0; i < t->plan->call_count; i++)
        use_call(t, i);
    for (size_t i = 0; i < t->plan->refusal_count; i++)
        use_condition(t, &t->plan->refusals[i].when, &outer,
                      &(struct stand){.call = PLAN_CALLS, .words = "whether it is refused"});
    for (unsigned i = 0; i < t->plan->memory_count; i++)
        use_value(t, &t->plan->memories[i].of, &outer,
                  &(struct stand){.path = t->plan->memories[i].name,
                                  .call = PLAN_CALLS,
                                  .words = "that of which is remembered"});
    if (t->plan->has_once)
        use_value(t, &t->plan->once, &outer,
                  &(struct stand){.call = PLAN_CALLS, .words = "known as the same in a repeat"});
    use_pages(t);
    if (t->plan->reply)
        use_shape(t, t->plan->reply, &outer, &(struct stand){.part = "answer", .call = PLAN_CALLS});
}
