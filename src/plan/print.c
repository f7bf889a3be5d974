/*
 * A compiled plan in words, for people. See plan.h.
 *
 * What is printed comes from the compiled form, not from the file: so one sees what was
 * understood.
 */
#include "plan/compiled.h"

struct printer {
    struct buf *out;
    unsigned depth;
};

static void line(struct printer *p)
{
    buf_add_char(p->out, '\n');
    for (unsigned i = 0; i < p->depth; i++)
        buf_add_str(p->out, STR("  "));
}

static void print_condition(struct printer *p, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++) {
        buf_add_str(p->out, i ? STR(" and ") : STR(""));
        buf_add_str(p->out, condition->all[i].text);
    }
}

static void print_type(struct printer *p, const struct type *type)
{
    if (type->kind == TYPE_ITEMS) {
        buf_add_str(p->out, STR("list of "));
        print_type(p, type->item);
    } else if (type->kind == TYPE_FIELDS) {
        buf_add_char(p->out, '{');
        for (size_t i = 0; i < type->field_count; i++) {
            buf_printf(p->out, "%s" STR_FMT " ", i ? ", " : "", STR_ARG(type->fields[i].name));
            print_type(p, &type->fields[i].type);
        }
        buf_add_char(p->out, '}');
    } else {
        buf_add_str(p->out, str_from(type_name(type->kind)));
    }
    if (type->has_preset)
        buf_printf(p->out, " (default " STR_FMT ")", STR_ARG(type->preset.json));
    else if (type->optional)
        buf_add_str(p->out, STR(" (optional)"));
    if (type->ranged)
        buf_printf(p->out, " in %lld..%lld", (long long)type->low, (long long)type->high);
    for (size_t i = 0; i < type->set_count; i++)
        buf_printf(p->out, "%s" STR_FMT, i ? " " : " in ", STR_ARG(type->set[i]));
}

static void print_shape(struct printer *p, const struct shape *shape);

static void print_below(struct printer *p, const struct shape *shape)
{
    p->depth++;
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape *member = &shape->members[i];
        line(p);
        if (member->name.p)
            buf_printf(p->out, STR_FMT ": ", STR_ARG(member->name));
        print_shape(p, member);
    }
    p->depth--;
}

static void print_list_shape(struct printer *p, const struct shape *shape)
{
    buf_add_str(p->out, shape->kind == SHAPE_EACH ? STR("for each of ") : STR("in groups of "));
    for (size_t i = 0; i < shape->source_count; i++)
        buf_printf(p->out, "%s" STR_FMT, i ? ", then of " : "", STR_ARG(shape->sources[i].text));
    for (size_t i = 0; i < shape->by_count; i++)
        buf_printf(p->out, "%s" STR_FMT, i ? ", " : " by ", STR_ARG(shape->by[i].text));
    if (shape->when.count) {
        buf_add_str(p->out, STR(" where "));
        print_condition(p, &shape->when);
    }
    print_below(p, shape);
}

static void print_shape(struct printer *p, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_CONSTANT:
        buf_add_str(p->out, shape->constant.json);
        return;
    case SHAPE_LEAF:
        buf_add_str(p->out, shape->of.text);
        return;
    case SHAPE_EACH:
    case SHAPE_GROUP:
        print_list_shape(p, shape);
        return;
    case SHAPE_ALTERNATIVE:
        buf_add_str(p->out, shape->when.count ? STR("when ") : STR("otherwise"));
        print_condition(p, &shape->when);
        break;
    case SHAPE_CHOOSE:
        buf_add_str(p->out, STR("one of"));
        break;
    case SHAPE_IN:
        buf_printf(p->out, "inside of " STR_FMT, STR_ARG(shape->of.text));
        break;
    case SHAPE_FLAT:
        buf_add_str(p->out, STR("all in one list"));
        break;
    case SHAPE_PACKED:
        buf_add_str(p->out, STR("packed as JSON"));
        break;
    case SHAPE_ROWS:
        buf_add_str(p->out, STR("rows"));
        break;
    case SHAPE_ROW:
        buf_printf(p->out, "of call %u", shape->call + 1);
        break;
    case SHAPE_OBJECT:
        buf_add_str(p->out, STR("an object"));
        break;
    case SHAPE_LIST:
        buf_add_str(p->out, STR("a list"));
        break;
    }
    print_below(p, shape);
}

static void print_forgiven(struct printer *p, const struct forgiveness *forgive)
{
    line(p);
    buf_add_str(p->out, STR("forgives"));
    if (forgive->any)
        buf_add_str(p->out, STR(" any error"));
    for (size_t i = 0; i < forgive->count; i++) {
        const struct code_range *codes = &forgive->codes[i];
        buf_printf(p->out, " %lld", (long long)codes->from);
        if (codes->to > codes->from)
            buf_printf(p->out, " to %lld", (long long)codes->to);
    }
    if (forgive->when.count)
        buf_add_str(p->out, STR(" when "));
    print_condition(p, &forgive->when);
    buf_add_str(p->out, STR(": "));
    print_shape(p, forgive->data);
}

static void print_call(struct printer *p, const struct plan *plan, unsigned index)
{
    const struct call *call = &plan->calls[index];
    line(p);
    buf_printf(p->out, "call %u " STR_FMT ": " STR_FMT, index + 1, STR_ARG(call->public.name),
               STR_ARG(call->public.send));
    p->depth++;
    if (!call->public.changes && !str_eq(call->public.method, STR("GET"))) {
        line(p);
        buf_add_str(p->out, STR("changes nothing"));
    }
    if (call->has_when) {
        line(p);
        buf_add_str(p->out, STR("when "));
        print_condition(p, &call->when);
    }
    if (call->public.each) {
        line(p);
        buf_printf(p->out, "for each of " STR_FMT ", at most %u", STR_ARG(call->each.text),
                   call->public.most);
        if (call->public.part.p)
            buf_printf(p->out, ", which is harmless: " STR_FMT, STR_ARG(call->public.part));
    }
    for (unsigned i = 0; i < plan->call_count; i++)
        if (call->public.needs & UINT32_C(1) << i) {
            line(p);
            buf_printf(p->out, "waits for " STR_FMT, STR_ARG(plan->calls[i].public.name));
        }
    if (call->has_rows) {
        line(p);
        buf_printf(p->out, "rows in " STR_FMT ", %u to %u on a page", STR_ARG(call->rows.text),
                   call->public.page_min, call->public.page_max);
    }
    const struct shape *parts[2] = {call->query, call->body};
    static const char *const names[2] = {"query: ", "body: "};
    for (size_t i = 0; i < 2; i++)
        if (parts[i]) {
            line(p);
            buf_add_str(p->out, str_from(names[i]));
            print_shape(p, parts[i]);
        }
    for (size_t i = 0; i < call->form_count; i++) {
        line(p);
        buf_printf(p->out, "form: " STR_FMT ": %s" STR_FMT, STR_ARG(call->form[i].name),
                   call->form[i].file ? "file " : "", STR_ARG(call->form[i].of.text));
        if (call->form[i].choice)
            print_shape(p, call->form[i].choice);
    }
    for (size_t i = 0; i < call->forgive_count; i++)
        print_forgiven(p, &call->forgive[i]);
    p->depth--;
}

static void print_page_form(struct printer *p, const struct page_form *form)
{
    static const char *const styles[] = {"", "cursor", "offset", "number"};
    buf_printf(p->out, "%s in " STR_FMT ", size in " STR_FMT " from %llu to %llu",
               styles[form->style], STR_ARG(form->in->name), STR_ARG(form->size->name),
               (unsigned long long)form->least, (unsigned long long)form->most);
}

static void print_pages(struct printer *p, const struct pages *pages)
{
    if (pages->form.style == PLAN_PAGE_NONE)
        return;
    line(p);
    buf_add_str(p->out, STR("pages by "));
    print_page_form(p, &pages->form);
    if (pages->other.style == PLAN_PAGE_NONE)
        return;
    buf_add_str(p->out, STR(", or by "));
    print_page_form(p, &pages->other);
}

static void print_sentences(struct printer *p, const char *title, const struct sentence *list,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        line(p);
        buf_printf(p->out, "%s " STR_FMT ": " STR_FMT, title, STR_ARG(list[i].path.text),
                   STR_ARG(list[i].text));
    }
}

void plan_print(const struct plan *plan, struct buf *out)
{
    struct printer p = {out, 0};
    buf_add_str(out, plan->name);
    if (plan->version.text.p)
        buf_printf(out, " (version " STR_FMT ")", STR_ARG(plan->version.text));
    buf_printf(out, ": " STR_FMT, STR_ARG(plan->about));
    p.depth = 1;
    for (size_t i = 0; i < plan->legacy_count; i++) {
        line(&p);
        buf_printf(out, "serves " STR_FMT, STR_ARG(plan->legacy[i]));
    }
    for (size_t i = 0; i < plan->field_count; i++) {
        line(&p);
        buf_printf(out, "takes " STR_FMT ": ", STR_ARG(plan->fields[i].name));
        print_type(&p, &plan->fields[i].type);
    }
    for (size_t i = 0; i < plan->refusal_count; i++) {
        line(&p);
        buf_add_str(out, plan->refusals[i].when.count ? STR("refuses when ") : STR("refuses"));
        print_condition(&p, &plan->refusals[i].when);
        buf_printf(out, ": " STR_FMT, STR_ARG(plan->refusals[i].advice));
    }
    if (plan->has_once) {
        line(&p);
        buf_printf(out, "once for each " STR_FMT, STR_ARG(plan->once.text));
    }
    for (unsigned i = 0; i < plan->memory_count; i++) {
        const struct memory *memory = &plan->memories[i];
        line(&p);
        buf_printf(out, "remembers " STR_FMT " of " STR_FMT ": ", STR_ARG(memory->name),
                   STR_ARG(memory->of.text));
        print_shape(&p, memory->is);
    }
    for (unsigned i = 0; i < plan->call_count; i++)
        print_call(&p, plan, i);
    print_pages(&p, &plan->pages);
    if (plan->reply) {
        line(&p);
        buf_add_str(out, STR("replies "));
        print_shape(&p, plan->reply);
    }
    print_sentences(&p, "loses", plan->lost_in_request, plan->lost_in_request_count);
    print_sentences(&p, "cannot tell", plan->lost_in_answer, plan->lost_in_answer_count);
    for (size_t i = 0; i < plan->assumes_count; i++) {
        line(&p);
        buf_printf(out, "assumes " STR_FMT, STR_ARG(plan->assumes[i]));
    }
    buf_add_char(out, '\n');
}
